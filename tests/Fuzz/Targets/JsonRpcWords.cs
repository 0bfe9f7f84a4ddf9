namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Words of the native protocol.</summary>
internal static class JsonRpcWords
{
    /// <summary>Names of members and methods.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "jsonrpc", "2.0", "id", "method", "params", "result", "error", "attached_bytes", "code", "message", "data", "hello", "cancel",
        "reply_received", "session_status", "session", "protocol_version", "ping", "get_agent_info", "get_system_info",
        "get_network_info", "get_disk_usage", "process_list", "process_signal", "time_get", "time_set", "exec_command",
        "exec_stdin", "exec_signal", "exec_credit", "file_read", "file_write", "file_stat", "file_list", "file_mkdir",
        "file_delete", "file_move", "file_chmod", "file_chown", "file_hash", "file_upload_open", "file_upload_write",
        "file_upload_status", "file_upload_commit", "file_upload_cancel", "file_upload_list", "shutdown", "reboot", "shutdown_cancel",
        "telemetry_subscribe", "telemetry_unsubscribe", "events_subscribe", "events_unsubscribe", "run_workload", "command",
        "args", "env", "stdin", "stdin_encoding", "stdin_open", "stream", "window_bytes", "user", "group", "working_directory",
        "timeout_seconds", "max_output_bytes", "output_encoding", "path", "offset", "length", "content", "encoding", "mode",
        "version", "append", "create_dirs", "parents", "follow", "from", "to", "recursive", "overwrite", "token", "size_bytes",
        "sha256", "permissions", "owner", "eof", "bytes", "signal", "interval_seconds", "runtime", "code_archive", "entrypoint",
        "input", "traceparent", "events", "limit", "after", "page", "cursor", "start_after",
    ];
}
