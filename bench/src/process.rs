//! Measured processes and their CPU time as reported by the kernel.

use core::time::Duration;
use std::{
    io::{BufRead, BufReader},
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
        Ok(Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
    }

    /// Starts a command that prints the address it listens on as its first line.
    pub(crate) fn start_with_address(command: &mut Command) -> Result<(Self, SocketAddr), Failure> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok((Self(child), line.trim().parse()?))
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

    /// CPU time used so far by the process and its running children.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        cpu_of(self.0.id())
    }

    /// Resident memory (`VmRSS`), in KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

/// utime plus stime of `proc_pid_stat(5)`, for a process and its children. Linux reports them in ticks of 10 ms.
pub(crate) fn cpu_of(id: u32) -> Result<Duration, Failure> {
    const TICK_MS: u64 = 10;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |index: usize| -> Result<u64, Failure> { Ok(fields.get(index).ok_or("short stat")?.parse()?) };
    let own = Duration::from_millis((ticks(11)? + ticks(12)?) * TICK_MS);
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let mut sum = own;
    for child in children.split_whitespace() {
        sum += cpu_of(child.parse()?)?;
    }
    Ok(sum)
}

/// Whether a program is installed.
pub(crate) fn is_installed(program: &str) -> bool {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"];
    folders.iter().any(|folder| Path::new(folder).join(program).exists())
}
