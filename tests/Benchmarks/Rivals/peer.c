/* The least that can answer what the benchmark asks: a line for a line, and /bin/true by posix_spawn(3) where a command is asked
   for. No policy, no limits, no parser. usage: peer SOCKET */
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char pong[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"pong\":true}}\n";
static const char done[] = "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"exit_code\":0}}\n";
static const char failed[] = "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"exit_code\":1}}\n";

static int run(void) {
    char *arguments[] = {"/bin/true", NULL}, *environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 1;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_addopen(&actions, i, "/dev/null", 2, 0);
    if (posix_spawn(&child, arguments[0], &actions, NULL, arguments, environment) == 0)
        waitpid(child, &status, 0);
    posix_spawn_file_actions_destroy(&actions);
    return status == 0;
}

int main(int count, char **words) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (count != 2 || strlen(words[1]) >= sizeof address.sun_path)
        return 64;
    strcpy(address.sun_path, words[1]);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), queue = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0
        || epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event) != 0)
        return 1;
    for (;;) {
        static char line[4096];
        /* Interrupted when a tracer attaches. */
        if (epoll_wait(queue, &event, 1, -1) < 0) {
            if (errno == EINTR)
                continue;
            return 1;
        }
        int peer = event.data.fd;
        if (peer == listener) {
            struct epoll_event added = {.events = EPOLLIN, .data.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)};
            epoll_ctl(queue, EPOLL_CTL_ADD, added.data.fd, &added);
            continue;
        }
        ssize_t length = read(peer, line, sizeof line);
        if (length <= 0)
            close(peer);
        else if (memmem(line, length, "exec_command", 12)) {
            if (run())
                (void)!write(peer, done, sizeof done - 1);
            else
                (void)!write(peer, failed, sizeof failed - 1);
        } else
            (void)!write(peer, pong, sizeof pong - 1);
    }
}
