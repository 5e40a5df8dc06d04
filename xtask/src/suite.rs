//! Runs all checks and tests, cheapest failures first.

use std::{path::PathBuf, process::Command};

use crate::{
    contract, pixel,
    postgres::{Postgres, free_port},
    prepare,
    run::{Outcome, cargo, command, npm_install, root, run},
    site,
};

/// Runs all tests.
pub(crate) fn test(without_browser: bool) -> Outcome {
    // Checked first, so that a missing browser fails at once and not after twenty minutes.
    let browser = if without_browser { None } else { Some(find_browser()?) };
    cargo(&["fmt", "--all", "--", "--check"])?;
    pixel::build()?;
    site::pages()?;
    // Always the same targets, so that features are the same and no crate is compiled twice.
    cargo(&["build", "--locked", "--workspace", "--bins", "--tests"])?;
    let postgres = Postgres::start()?;
    let clippy = ["clippy", "--locked", "--workspace", "--bins", "--tests", "--", "-D", "warnings"];
    prepare::check_while(&postgres, &clippy)?;
    // What `cargo xtask demo` and a release build: the tests' features must not be what makes it compile.
    cargo(&["check", "--locked", "-p", "server", "-p", "devshop"])?;
    run(command(env!("CARGO"))
        .args(["test", "--locked", "--workspace", "--bins", "--tests", "--no-fail-fast"])
        .env("TEST_POSTGRES_URL", &postgres.url))?;
    run(command(env!("CARGO"))
        .current_dir(root().join("pixel"))
        .env("CARGO_TARGET_DIR", root().join("target"))
        .args(["test", "--locked", "--lib"]))?;
    contract::check(contract::SEED)?;
    if let Some(browser) = browser {
        npm_install("end2end")?;
        story("sqlite", None, &browser, &[])?;
        story("postgres", Some(&postgres.url), &browser, &[])?;
    }
    drop(postgres);
    eprintln!("\nEvery test passed.");
    Ok(())
}

/// Takes the pictures of the README.
pub(crate) fn pictures() -> Outcome {
    let browser = find_browser()?;
    site::build(false)?;
    npm_install("end2end")?;
    story("pictures", None, &browser, &["pictures"])
}

/// Runs the browser stories against one database engine: all, or those whose file names contain one of `files`.
fn story(name: &str, postgres: Option<&str>, browser: &str, files: &[&str]) -> Outcome {
    let folder = std::env::temp_dir().join(format!("creatorscore-story-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let app = free_ports()?;
    let (admin, storefront) = (app + 1, app + 2);
    let key = "c3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnkta2U=";
    let mut playwright = command("npx");
    // Every story creates its own database on this server.
    if let Some(url) = postgres {
        playwright.env("POSTGRES_URL", url);
    }
    if files.contains(&"pictures") {
        playwright.env("PICTURES", root().join("docs/images"));
    }
    let outcome = run(playwright
        .current_dir(root().join("end2end"))
        .args(["playwright", "test"])
        .args(files)
        .env("STORY", name)
        .env("BROWSER", browser)
        .env("BINARY", root().join("target/debug/creatorscore"))
        .env("FOLDER", &folder)
        .env("APP_ENCRYPTION_KEY", key)
        .env("APP_PORT", app.to_string())
        .env("ADMIN_PORT", admin.to_string())
        .env("STOREFRONT_PORT", storefront.to_string()));
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

/// The first of three ports that are free, as are those ten above them: Playwright's second worker uses these.
fn free_ports() -> Outcome<u16> {
    let is_free = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    (free_port()?..31_980)
        .find(|first| [0, 1, 2, 10, 11, 12].into_iter().all(|step| is_free(first + step)))
        .ok_or_else(|| "no free ports".to_owned())
}

/// Path of an installed Chromium or Chrome.
pub(crate) fn find_browser() -> Outcome<String> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| {
            path.exists() && Command::new(path).arg("--version").output().is_ok_and(|output| output.status.success())
        })
        .map(|path| path.to_string_lossy().into_owned())
        .ok_or_else(|| "Chromium is missing: install Debian's package chromium, or add --without-browser".to_owned())
}
