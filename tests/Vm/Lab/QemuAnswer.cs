using System.Text.Json;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Turns an answer of QMP or the qemu-ga dialect into its value or an exception.</summary>
internal static class QemuAnswer
{
    public static JsonElement Unwrap(string command, JsonElement answer)
    {
        if (answer.TryGetProperty("error", out JsonElement error))
        {
            throw new QemuCommandException(
                command, error.GetProperty("class").GetString() ?? "", error.GetProperty("desc").GetString() ?? "");
        }

        return answer.GetProperty("return");
    }
}
