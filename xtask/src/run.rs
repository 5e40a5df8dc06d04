//! Runs programs and reports which one is missing.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

/// Result of a step; the error is a message for the user.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// A command in the repository's root.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// What to install when a program is missing.
fn advice(program: &str) -> &'static str {
    match program {
        "npm" | "node" => "install Node.js 20 or later",
        "rustup" => "install Rust with rustup",
        _ => "install it",
    }
}

/// Runs a command; fails if it cannot be started or does not exit successfully.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let program = command.get_program().to_string_lossy().into_owned();
    let shown: Vec<_> = command.get_args().take(6).map(OsStr::to_string_lossy).collect();
    let shown = shown.join(" ");
    eprintln!("» {program} {shown}");
    let status = command.status().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{program} is missing: {}", advice(&program)),
        _ => format!("{program}: {error}"),
    })?;
    if status.success() { Ok(()) } else { Err(format!("{program} {shown} failed ({status})")) }
}

/// Replaces this process by a command (`exec`), so that signals reach it.
pub(crate) fn replace(command: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    Err(command.exec().to_string())
}

/// Runs cargo.
pub(crate) fn cargo(arguments: &[&str]) -> Outcome {
    run(command(env!("CARGO")).args(arguments))
}

/// Reads a file.
pub(crate) fn read(path: impl AsRef<Path>) -> Outcome<Vec<u8>> {
    let path = path.as_ref();
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file, creating its folder if necessary.
pub(crate) fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Outcome {
    let path = path.as_ref();
    let folder = path.parent().ok_or("a file without a folder")?;
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file, with brotli (`.br`) and gzip (`.gz`) copies beside it.
pub(crate) fn write_compressed(path: impl AsRef<Path>, bytes: &[u8]) -> Outcome {
    use std::io::Write;
    let path = path.as_ref();
    write(path, bytes)?;
    let beside = |ending: &str| PathBuf::from(format!("{}.{ending}", path.display()));
    let mut brotli = Vec::new();
    let quality = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut brotli, &quality).map_err(|error| error.to_string())?;
    write(beside("br"), &brotli)?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).map_err(|error| error.to_string())?;
    write(beside("gz"), gzip.finish().map_err(|error| error.to_string())?)
}

/// Installs a folder's npm packages if its lock file changed since the last install.
pub(crate) fn npm_install(folder: &str) -> Outcome {
    let folder = root().join(folder);
    let stamp = folder.join("node_modules/.installed");
    let lock = read(folder.join("package-lock.json"))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run(command("npm").current_dir(&folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").args([
        "ci",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    write(stamp, lock)
}

/// Adds the wasm target to the toolchain if it is missing.
pub(crate) fn wasm_target() -> Outcome {
    let installed = command("rustc").args(["--print", "sysroot"]).output().map_err(|error| error.to_string())?;
    let sysroot = String::from_utf8_lossy(&installed.stdout).trim().to_owned();
    if Path::new(&sysroot).join("lib/rustlib/wasm32-unknown-unknown").exists() {
        return Ok(());
    }
    run(command("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
}
