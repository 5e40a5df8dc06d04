//! Builds the browser pages, without globally installed tools, and then the binaries.

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    pixel,
    run::{Outcome, cargo, command, read, root, run, wasm_target, write_compressed},
};

/// Builds the pixel, the pages and the binaries.
pub(crate) fn build(is_release: bool) -> Outcome {
    pixel::build()?;
    pages(is_release)?;
    if is_release {
        cargo(&["build", "--release", "--locked", "-p", "server", "-p", "devshop"])
    } else {
        cargo(&["build", "--locked", "-p", "server", "-p", "devshop"])
    }
}

/// Builds the pages' wasm, script and styles into target/site/pkg.
pub(crate) fn pages(is_release: bool) -> Outcome {
    wasm_target()?;
    let profile = if is_release { "wasm-release" } else { "wasm-dev" };
    cargo(&[
        "build",
        "--locked",
        "-p",
        "app",
        "--lib",
        "--features",
        "hydrate",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        profile,
    ])?;
    let wasm = root().join(format!("target/wasm32-unknown-unknown/{profile}/app.wasm"));
    let work = root().join("target/pages");
    Bindgen::new()
        .input_path(&wasm)
        .web(true)
        .map_err(|error| error.to_string())?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name("app")
        .generate(&work)
        .map_err(|error| error.to_string())?;
    let bundle = work.join("app_bg.wasm");
    if is_release {
        run(command(root().join("pixel/node_modules/.bin/wasm-opt"))
            .args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext"])
            .args(["--enable-mutable-globals", "--enable-reference-types", "--enable-multivalue"])
            .arg(&bundle)
            .arg("-o")
            .arg(&bundle))?;
    }
    let site = root().join("target/site/pkg");
    write_compressed(site.join("app.wasm"), &read(&bundle)?)?;
    write_compressed(site.join("app.js"), &read(work.join("app.js"))?)?;
    write_compressed(site.join("app.css"), &read(root().join("app/style/app.css"))?)?;
    for name in ["start.js", "favicon.svg"] {
        write_compressed(site.join(name), &read(root().join("app/public").join(name))?)?;
    }
    Ok(())
}
