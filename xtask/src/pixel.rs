//! Builds the pixel (Rust → wasm → wasm-opt → hex in the loader) and the script of the affiliate tracking API. Fails when
//! a size budget is exceeded, so that no larger script is ever served.

use crate::run::{Outcome, command, npm_install, read, root, run, wasm_target, write, write_compressed};

/// Size budget of `pixel.js` with brotli, in bytes. docs/performance.md says what those above 4,096 are for.
const SCRIPT_BR_MAX: usize = 4_608;
/// Size budget of the raw wasm, in bytes: the largest that every browser compiles synchronously.
const WASM_MAX: usize = 4_096;
/// Size budget of `affitor-tracker.js` with brotli, in bytes.
const TRACKER_BR_MAX: usize = 1_536;

pub(crate) fn build() -> Outcome {
    wasm_target()?;
    npm_install("pixel")?;
    let folder = root().join("pixel");
    let target = root().join("target");
    let work = target.join("pixel");
    std::fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    run(command(env!("CARGO"))
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", &target)
        // The pixel is a separate workspace that builds into the shared target folder.
        .args(["build", "--release", "--lib", "--locked", "--target", "wasm32-unknown-unknown"]))?;
    let raw = target.join("wasm32-unknown-unknown/release/pixel.wasm");
    let small = work.join("pixel.wasm");
    let bin = |name: &str| folder.join("node_modules/.bin").join(name);
    run(command(bin("wasm-opt"))
        .args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext"])
        .args(["--enable-mutable-globals", "--strip-debug", "--strip-producers", "--strip-target-features", "--vacuum"])
        .arg(&raw)
        .arg("-o")
        .arg(&small))?;
    let wasm = read(&small)?;

    let hex: String = wasm.iter().map(|byte| format!("{byte:02x}")).collect();
    let version = "0.1.0";
    let loader = String::from_utf8(read(folder.join("loader.js"))?).map_err(|error| error.to_string())?;
    let loader = loader
        .replace("HEX_OF_WASM", &hex)
        .replace("\"VERSION\"", &format!("\"{version}\""))
        .replace("VERSION+", &format!("{version}+"));
    let script = minify(&bin("terser"), &work.join("loader.js"), &loader)?;

    let tracker = String::from_utf8(read(folder.join("affitor-tracker.js"))?).map_err(|error| error.to_string())?;
    let tracker = minify(&bin("terser"), &work.join("affitor-tracker.js"), &tracker)?;

    let site = root().join("target/site");
    write_compressed(site.join("pixel/pixel.js"), &script)?;
    write_compressed(site.join("js/affitor-tracker.js"), &tracker)?;
    let size = |name: &str| read(site.join(name)).map(|bytes| bytes.len());
    let sizes = [
        ("pixel.js, brotli", size("pixel/pixel.js.br")?, SCRIPT_BR_MAX),
        ("wasm, raw", wasm.len(), WASM_MAX),
        ("affitor-tracker.js, brotli", size("js/affitor-tracker.js.br")?, TRACKER_BR_MAX),
    ];
    for (what, bytes, most) in sizes {
        eprintln!("  {what}: {bytes} of at most {most} bytes");
        if bytes > most {
            return Err(format!("{what} is {bytes} bytes; the budget is {most}"));
        }
    }
    Ok(())
}

fn minify(terser: &std::path::Path, path: &std::path::Path, script: &str) -> Outcome<Vec<u8>> {
    write(path, script)?;
    let out = path.with_extension("min.js");
    run(command(terser)
        .arg(path)
        .args(["--compress", "passes=3,unsafe_arrows,ecma=2015", "--mangle", "--ecma", "2015", "--output"])
        .arg(&out))?;
    read(out)
}
