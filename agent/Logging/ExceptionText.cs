using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace GuestAgent.Logging;

/// <summary>
/// Exceptions as the log has them. The published program knows no names of methods and would write <c>unknown</c> for each;
/// it writes addresses, which its debug symbols turn into names (CONTRIBUTING.md).
/// </summary>
internal static class ExceptionText
{
    /// <summary>Kind, message and trace of an exception and of those behind it, the outermost first.</summary>
    public static string Of(Exception exception)
    {
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            return exception.ToString();
        }

        var text = new StringBuilder();
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(e == exception ? "" : ", caused by ")}{e.GetType()}: {e.Message} at");
            foreach (StackFrame frame in new StackTrace(e, fNeedFileInfo: false).GetFrames())
            {
                text.Append(CultureInfo.InvariantCulture, $" 0x{frame.GetNativeIP():x}");
            }
        }

        return text.ToString();
    }
}
