namespace GuestAgent.Warnings;

/// <summary>
/// Programs that can do more than what they are known for. Far from all; GTFOBins (https://gtfobins.github.io) and the manual
/// page of each are the sources.
/// </summary>
internal static class KnownPrograms
{
    // Searched as text: a table would stay in the memory of an agent that looks into it once.
    private static readonly (ProgramKind Kind, string Names)[] Kinds =
    [
        (ProgramKind.Interpreter,
            "sh bash dash ash zsh ksh mksh pdksh yash csh tcsh fish rc es elvish nu pwsh python pypy perl ruby node nodejs deno bun "
            + "lua luajit tclsh wish expect php guile scheme racket sbcl clisp ecl erl escript elixir iex irb julia R Rscript "
            + "octave gforth ghci runghc ocaml swipl gprolog java jshell groovy scala kotlin"),
        (ProgramKind.Launcher,
            "env xargs parallel nice ionice chrt taskset timeout nohup setsid stdbuf unbuffer time watch script flock strace ltrace "
            + "perf chroot unshare nsenter setarch setpriv capsh sudo su doas runuser pkexec systemd-run systemd-nspawn "
            + "start-stop-daemon daemonize tmux screen ld.so ld-linux.so ld-linux-x86-64.so ld-musl-x86_64.so ssh dbus-run-session "
            + "ssh-agent xvfb-run faketime numactl cgexec prlimit run-parts batch"),
        (ProgramKind.MultiCall,
            "busybox toybox coreutils sbase-box ubase-box dropbearmulti kmod xtables-nft-multi xtables-legacy-multi rescue"),
        (ProgramKind.HasPowerfulOptions, "systemctl journalctl loginctl machinectl hostnamectl timedatectl coredumpctl networkctl"),
        (ProgramKind.HasPowerfulOperands,
            "awk gawk mawk nawk original-awk sed find tar bsdtar cpio zip unzip rsync scp sftp git hg svn sort split csplit less "
            + "more most man info pg ip tc nft iptables ip6tables tcpdump mount umount fsck docker podman nerdctl ctr crictl "
            + "kubectl lxc virsh apt apt-get aptitude dpkg dnf yum rpm zypper pacman apk snap flatpak pip npm npx yarn gem cargo go "
            + "gcc cc g++ c++ clang ld as openssl socat nc ncat netcat telnet curl wget ftp service rc-service invoke-rc.d "
            + "update-rc.d chkconfig logrotate ldconfig modprobe insmod sysctl update-alternatives alternatives certbot ansible "
            + "puppet salt-call busctl dbus-send gdbus at crontab bc dc jq m4 gdb lldb ed ex vi vim nvim view vimdiff emacs nano "
            + "pico make gmake cmake ninja sqlite3 mysql mariadb psql vim.tiny vim.basic"),
        (ProgramKind.Writer,
            "cp mv rm dd tee install ln touch truncate shred chmod chown chgrp setfacl setcap chattr mkfs mke2fs wipefs fdisk sfdisk "
            + "parted losetup cryptsetup useradd usermod userdel groupadd passwd chpasswd chsh vipw visudo patch date hostname dmesg "
            + "swapon swapoff kill killall pkill reboot poweroff halt shutdown init telinit"),
        (ProgramKind.Reader,
            "cat tac head tail grep egrep fgrep zgrep cut paste od hexdump xxd strings base32 base64 basenc fold fmt nl pr rev uniq "
            + "comm join diff cmp sdiff wc file iconv look column expand unexpand zcat bzcat xzcat lzcat zstdcat gzip gunzip bzip2 "
            + "xz zstd ar readelf objdump nm"),
    ];

    /// <summary>What a program of this name is known for; null when nothing is.</summary>
    /// <param name="path">Its path or name; a version at its end, as in <c>python3.11</c>, does not count.</param>
    public static ProgramKind? KindOf(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return Find(name) ?? Find(WithoutVersion(name));
    }

    /// <summary>True when a program takes a file of code among its arguments.</summary>
    public static bool IsInterpreter(string path) => KindOf(path) is ProgramKind.Interpreter or ProgramKind.Launcher;

    private static string WithoutVersion(string name) => name.AsSpan().TrimEnd("0123456789.-").ToString();

    private static ProgramKind? Find(string name)
    {
        foreach ((ProgramKind kind, string names) in Kinds)
        {
            foreach (Range range in names.AsSpan().Split(' '))
            {
                if (names.AsSpan(range).SequenceEqual(name))
                {
                    return kind;
                }
            }
        }

        return null;
    }
}
