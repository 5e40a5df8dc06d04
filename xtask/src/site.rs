//! Builds the browser pages, without globally installed tools, and then the binaries.

use crate::{
    pixel,
    run::{Outcome, cargo, command, read, root, run, write_compressed},
};

/// Builds the pixel, the pages and the binaries.
pub(crate) fn build(is_release: bool) -> Outcome {
    pixel::build()?;
    pages()?;
    if is_release {
        cargo(&["build", "--release", "--locked", "-p", "server", "-p", "devshop"])
    } else {
        cargo(&["build", "--locked", "-p", "server", "-p", "devshop"])
    }
}

/// Puts the pages' script and styles into target/site/pkg. Needs the tools that [`pixel::build`] installs.
pub(crate) fn pages() -> Outcome {
    let site = root().join("target/site/pkg");
    let script = root().join("app/script");
    let mut modules: Vec<_> = std::fs::read_dir(&script)
        .map_err(|error| format!("{}: {error}", script.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "js"))
        .collect();
    modules.sort();
    let work = root().join("target/pages");
    std::fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    for module in modules {
        let Some(name) = module.file_name() else { continue };
        let small = work.join(name);
        run(command(root().join("pixel/node_modules/.bin/terser"))
            .args(["--module", "--compress", "passes=2", "--mangle", "--output"])
            .arg(&small)
            .arg("--")
            .arg(&module))?;
        write_compressed(site.join(name), &read(&small)?)?;
    }
    write_compressed(site.join("app.css"), &read(root().join("app/style/app.css"))?)?;
    write_compressed(site.join("favicon.svg"), &read(root().join("app/public/favicon.svg"))?)
}
