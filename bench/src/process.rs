//! Measured processes and their CPU time as reported by the kernel.

use core::time::Duration;
use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::Failure;

/// A child process that is killed when dropped.
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// Starts a command without input and output.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        Self::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
    }

    /// Starts a command whose output is read when it has ended.
    pub(crate) fn start_with_output(command: &mut Command) -> Result<Self, Failure> {
        Self::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))
    }

    /// Starts a command that prints the address it listens on as its first line.
    pub(crate) fn start_with_address(command: &mut Command) -> Result<(Self, SocketAddr), Failure> {
        let mut process = Self::start_with_output(command)?;
        let mut line = String::new();
        BufReader::new(process.0.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok((process, line.trim().parse()?))
    }

    fn spawn(command: &mut Command) -> Result<Self, Failure> {
        let child = command.spawn().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        Ok(Self(child))
    }

    /// Waits for the process to end and returns what it has printed.
    pub(crate) fn output(mut self) -> Result<String, Failure> {
        let mut output = String::new();
        self.0.stdout.take().ok_or("no output")?.read_to_string(&mut output)?;
        let status = self.0.wait()?;
        if status.success() { Ok(output) } else { Err(format!("the process failed: {status}").into()) }
    }

    /// Waits for the process to end and returns its CPU time, sampled every 20 ms while it ran.
    pub(crate) fn finish(mut self) -> Result<Duration, Failure> {
        let mut cpu = Duration::ZERO;
        loop {
            cpu = cpu_of(self.0.id()).unwrap_or(cpu).max(cpu);
            if let Some(status) = self.0.try_wait()? {
                return if status.success() { Ok(cpu) } else { Err(format!("the process failed: {status}").into()) };
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the process at once (SIGKILL).
    pub(crate) fn kill(&mut self) -> Result<(), Failure> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }

    /// Whether the process has not ended.
    pub(crate) fn is_running(&mut self) -> Result<bool, Failure> {
        Ok(self.0.try_wait()?.is_none())
    }

    /// CPU time used so far by the process and its children.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        cpu_of(self.0.id())
    }

    /// Resident memory, in KiB: now, and the most there ever was.
    pub(crate) fn resident_kib(&self) -> Result<(u64, u64), Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let field = |name: &str| -> Result<u64, Failure> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            Ok(line.ok_or_else(|| format!("/proc has no {name}"))?.trim().trim_end_matches(" kB").parse()?)
        };
        Ok((field("VmRSS:")?, field("VmHWM:")?))
    }
}

/// User and system time of `proc_pid_stat(5)`, for a process and its children, also those that have ended: PostgreSQL's
/// vacuum workers live for moments only. Linux reports them in ticks of 10 ms.
pub(crate) fn cpu_of(id: u32) -> Result<Duration, Failure> {
    const TICK_MS: u64 = 10;
    /// Where `utime`, `stime`, `cutime` and `cstime` stand after the name.
    const TIMES: [usize; 4] = [11, 12, 13, 14];
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let mut sum = Duration::ZERO;
    for index in TIMES {
        sum += Duration::from_millis(fields.get(index).ok_or("short stat")?.parse::<u64>()? * TICK_MS);
    }
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    for child in children.split_whitespace() {
        // One that ends just now is counted next time, among those that have ended.
        sum += cpu_of(child.parse()?).unwrap_or_default();
    }
    Ok(sum)
}

/// Whether a program is installed.
pub(crate) fn is_installed(program: &str) -> bool {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"];
    folders.iter().any(|folder| Path::new(folder).join(program).exists())
}

/// Lets this process, and those that it starts, open this many files.
pub(crate) fn allow_open_files(count: usize) -> Result<(), Failure> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let soft = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next());
    if soft.is_some_and(|soft| soft == "unlimited" || soft.parse().is_ok_and(|soft: usize| soft >= count)) {
        return Ok(());
    }
    let id = std::process::id().to_string();
    let raised = Command::new("prlimit").args(["--pid", &id, &format!("--nofile={count}:")]).output();
    if raised.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    Err(format!("this needs {count} open files; as root: ulimit -n {count}").into())
}
