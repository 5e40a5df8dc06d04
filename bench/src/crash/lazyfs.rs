//! A disk that loses at a power cut what was not synced: [LazyFS](https://github.com/dsrhaslab/lazyfs), a file system in
//! user space that holds written pages in memory until they are synced, and drops them on command.
//!
//! What it cannot lose: names of files, and changes of their size without data. A page is lost or kept as a whole.

use core::time::Duration;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tokio::{io::AsyncReadExt, net::unix::pipe};

use crate::{Failure, process::Process};

/// How long the file system may take to start, and to forget.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pages that were not synced must fit, or they are written after all.
const CACHE: &str = "1gb";

/// The mounted file system; unmounted when dropped.
pub(crate) struct LazyFs {
    process: Process,
    folder: PathBuf,
    finished: pipe::Receiver,
}

impl LazyFs {
    /// Mounts it in a folder, which needs to exist.
    pub(crate) async fn mount(binary: &Path, folder: &Path) -> Result<Self, Failure> {
        if !Path::new("/dev/fuse").exists() {
            return Err("there is no /dev/fuse: file systems in user space cannot be mounted here".into());
        }
        let path = |name: &str| folder.join(name);
        for name in ["root", "mounted"] {
            fs::create_dir(path(name))?;
        }
        let config = format!(
            "[faults]\nfifo_path = \"{}\"\nfifo_path_completed = \"{}\"\n\n[cache]\napply_eviction = false\n\n\
             [cache.simple]\ncustom_size = \"{CACHE}\"\nblocks_per_page = 1\n\n\
             [filesystem]\nlog_all_operations = false\nlogfile = \"\"\n",
            path("faults").display(),
            path("finished").display(),
        );
        fs::write(path("lazyfs.toml"), config)?;
        let mut command = Command::new(binary);
        command.arg(path("mounted")).arg("--config-path").arg(path("lazyfs.toml"));
        command.args(["-o", "modules=subdir", "-o"]).arg(format!("subdir={}", path("root").display())).arg("-f");
        let mut process = Process::start(&mut command)?;
        wait_until_mounted(&mut process, &path("mounted")).await?;
        // It reads no command before its pipe of answers is open.
        let finished = pipe::OpenOptions::new().read_write(true).open_receiver(path("finished"))?;
        Ok(Self { process, folder: folder.to_owned(), finished })
    }

    /// The folder whose files it has.
    pub(crate) fn mounted(&self) -> PathBuf {
        self.folder.join("mounted")
    }

    /// A power cut: forgets what was not synced. No process may have a file open.
    pub(crate) async fn forget_unsynced(&mut self) -> Result<(), Failure> {
        const ANSWER: &str = "finished::clear-cache\n";
        fs::write(self.folder.join("faults"), "lazyfs::clear-cache\n")?;
        let mut answer = vec![0; ANSWER.len()];
        let read = tokio::time::timeout(PATIENCE, self.finished.read_exact(&mut answer)).await;
        read.map_err(|_| "LazyFS does not answer")??;
        if answer != ANSWER.as_bytes() {
            return Err(format!("LazyFS answers {}", String::from_utf8_lossy(&answer)).into());
        }
        if self.process.is_running()? { Ok(()) } else { Err("LazyFS has ended".into()) }
    }
}

impl Drop for LazyFs {
    fn drop(&mut self) {
        // The process is killed afterwards; without this the folder would stay as a mount point of nothing.
        let mounted = self.mounted();
        let is_done = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        if !is_done(Command::new("fusermount3").args(["-u", "-z"]).arg(&mounted)) {
            is_done(Command::new("umount").arg("-l").arg(&mounted));
        }
    }
}

async fn wait_until_mounted(process: &mut Process, mounted: &Path) -> Result<(), Failure> {
    let mark = format!(" {} fuse", mounted.display());
    for _ in 0..PATIENCE.as_millis() / 50 {
        if !process.is_running()? {
            return Err("LazyFS ended at once; start it by hand to see why".into());
        }
        if fs::read_to_string("/proc/mounts")?.contains(&mark) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("LazyFS was not mounted on {}", mounted.display()).into())
}
