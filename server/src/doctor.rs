//! `creatorscore doctor`: checks the settings, the database and every brand. Changes nothing, and creates no file.

use flow::{
    Clock,
    doctor::{self, Finding, Severity},
};

use crate::{
    config::{Config, Database},
    database, mail,
    system::{SystemClock, SystemRandom},
};

fn fine(check: &'static str, detail: impl Into<String>) -> Finding {
    Finding { check, severity: Severity::Fine, detail: detail.into() }
}

fn fault(check: &'static str, detail: impl ToString) -> Finding {
    Finding { check, severity: Severity::Fault, detail: detail.to_string() }
}

/// Everything that was checked.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = of_database(config).await;
    findings.push(match &config.shopify_api_key {
        Some(id) => fine("Shopify", format!("app {id}")),
        None => fine("Shopify", "off: SHOPIFY_API_KEY is not set"),
    });
    findings.push(of_mail(config));
    let is_exposed = !config.listen.ip().is_loopback() && config.public_url.starts_with("http://");
    findings.push(if is_exposed {
        let hint = "is not https: cookies and tokens would be sent unencrypted";
        fault("public address", format!("{} {hint}", config.public_url))
    } else {
        fine("public address", config.public_url.clone())
    });
    findings
}

/// Whether people can sign in by e-mail. Sends nothing.
fn of_mail(config: &Config) -> Finding {
    const CHECK: &str = "mail";
    match (mail::mailer(config), &config.smtp_url) {
        (Err(error), _) => fault(CHECK, error),
        (Ok(Some(_)), Some(url)) if mail::is_unencrypted(url) => {
            let detail = "SMTP_URL does not demand encryption: use smtps:// or ?tls=required, or others can read sign-in \
                          links";
            Finding { check: CHECK, severity: Severity::Warning, detail: detail.to_owned() }
        }
        (Ok(Some(_)), _) => fine(CHECK, format!("sent as {}", config.mail_from.as_deref().unwrap_or_default())),
        (Ok(None), _) => fine(CHECK, "off: SMTP_URL and MAIL_FROM are not set, so nobody can sign in by e-mail"),
    }
}

async fn of_database(config: &Config) -> Vec<Finding> {
    let database = match config.database() {
        Ok(database) => database,
        Err(error) => return vec![fault("database", error)],
    };
    if let Database::Sqlite(file) = &database
        && !file.exists()
    {
        let detail = format!("{} does not exist: `creatorscore migrate` creates it", file.display());
        return vec![fault("database", detail)];
    }
    let store = match database::open(&database, 2).await {
        Ok(store) => store,
        Err(error) => return vec![fault("database", error)],
    };
    let mut findings = vec![match store.engine().await {
        Ok(engine) => fine("database", engine),
        Err(error) => fault("database", error),
    }];
    match store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => {
            findings.push(fine("migrations", "up to date"));
            findings.extend(of_role(&*store).await);
            findings.extend(of_brands(config, &*store).await);
        }
        Ok(pending) => {
            let hint = "to be applied by `creatorscore migrate` or the server's next start";
            findings.push(fault("migrations", format!("{} {hint}", pending.join(", "))));
        }
        Err(error) => findings.push(fault("migrations", error)),
    }
    store.close().await;
    findings
}

/// Whether the database would keep brands apart if a statement did not.
async fn of_role(store: &dyn store::Store) -> Option<Finding> {
    const CHECK: &str = "database role";
    match store.row_security_gap().await {
        Ok(None) => None,
        Ok(Some(gap)) => {
            let hint = "connect as the owner of the tables, without these rights";
            Some(Finding { check: CHECK, severity: Severity::Warning, detail: format!("{gap}; {hint}") })
        }
        Err(error) => Some(fault(CHECK, error)),
    }
}

async fn of_brands(config: &Config, store: &dyn store::Store) -> Vec<Finding> {
    const KEY: &str = "encryption key";
    let vault = match config.key_file() {
        Ok(Some(file)) if !file.exists() => return vec![fault(KEY, format!("{} does not exist", file.display()))],
        Ok(_) => config.vault(&SystemRandom),
        Err(error) => Err(error),
    };
    let vault = match vault {
        Ok(vault) => vault,
        Err(error) => return vec![fault(KEY, error)],
    };
    let now = SystemClock.now();
    doctor::examine(store, &vault, now).await.unwrap_or_else(|error| vec![fault("brands", error)])
}
