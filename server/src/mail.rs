//! Sends mail over SMTP, or in the demo into its box.

use core::time::Duration;
use std::sync::Arc;

use flow::mail::{Mail, MailError, Mailer};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use url::Url;

use crate::config::{Config, InvalidSetting};

/// How long a mail server may take for each of its answers.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What sends mail with these settings; `None` if they name no mail server.
///
/// # Errors
/// If only one of `SMTP_URL` and `MAIL_FROM` is set, or one cannot be read.
pub fn mailer(config: &Config) -> Result<Option<Arc<dyn Mailer>>, InvalidSetting> {
    if let Some(mailbox) = &config.mailbox {
        return Ok(Some(Arc::new(mailbox.clone())));
    }
    let invalid = |name, reason: &str| InvalidSetting { name, reason: reason.to_owned() };
    match (&config.smtp_url, &config.mail_from) {
        (None, None) => Ok(None),
        (Some(url), Some(from)) => Ok(Some(Arc::new(Smtp::new(url, from)?))),
        (Some(_), None) => Err(invalid("MAIL_FROM", "is required with SMTP_URL")),
        (None, Some(_)) => Err(invalid("SMTP_URL", "is required with MAIL_FROM")),
    }
}

/// Whether mails would go over the network unencrypted.
pub fn is_unencrypted(smtp_url: &str) -> bool {
    let Ok(url) = Url::parse(smtp_url) else { return false };
    let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "::1" | "[::1]"));
    let is_required = url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    url.scheme() == "smtp" && !is_local && !is_required
}

/// A mail server.
#[derive(Debug)]
struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    fn new(url: &str, from: &str) -> Result<Self, InvalidSetting> {
        // The reason never repeats the URL, which holds a password.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| InvalidSetting {
            name: "SMTP_URL",
            reason: "must be smtps://USER:PASSWORD@HOST, or smtp://HOST:PORT?tls=required".to_owned(),
        })?;
        let from = from.parse().map_err(|_| InvalidSetting {
            name: "MAIL_FROM",
            reason: "must be an address such as CreatorScore <hello@example.com>".to_owned(),
        })?;
        Ok(Self { transport: transport.timeout(Some(TIMEOUT)).build(), from })
    }

    fn message(&self, mail: &Mail) -> Option<Message> {
        let (subject, text) = app::words_of_mail(mail);
        let id = format!("<{}@{}>", mail.key, self.from.email.domain());
        // So that absence notes are not sent in answer (RFC 3834).
        let generated = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(mail.to.parse().ok()?)
            .subject(subject)
            .message_id(Some(id))
            .raw_header(HeaderValue::new(generated, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .ok()
    }
}

#[async_trait::async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail).ok_or(MailError::Unwritable)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::Refused),
            Err(error) if error.is_transient() => Err(MailError::Postponed),
            Err(_) => Err(MailError::Unreachable),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::language::Language;
    use flow::mail::Letter;

    use super::*;

    #[test]
    fn mail_servers_are_reached_encrypted_unless_they_are_local() {
        for (url, is_open) in [
            ("smtps://u:p@mail.example.com", false),
            ("smtp://mail.example.com:587?tls=required", false),
            ("smtp://mail.example.com:587?tls=opportunistic", true),
            ("smtp://mail.example.com", true),
            ("smtp://127.0.0.1:1025", false),
        ] {
            assert_eq!(is_unencrypted(url), is_open, "{url}");
        }
    }

    #[tokio::test]
    async fn a_mail_is_text_that_says_that_a_program_sent_it() {
        let smtp = Smtp::new("smtp://127.0.0.1:9", "CreatorScore <hello@example.com>").expect("settings");
        let mail = Mail {
            key: "sign-in-1".into(),
            to: "ana@example.com".into(),
            language: Language::German,
            letter: Letter::SignIn { link: "https://a.example/sign-in/T".into() },
        };
        let message = smtp.message(&mail).expect("a message").formatted();
        let message = String::from_utf8(message).expect("text");
        assert!(
            message.contains("Message-ID: <sign-in-1@example.com>") && message.contains("auto-generated"),
            "{message}"
        );
        assert!(
            message.contains("text/plain") && message.contains("\r\n\r\nhttps://a.example/sign-in/T\r\n"),
            "{message}"
        );
        assert!(smtp.message(&Mail { to: "no address".into(), ..mail }).is_none());
        assert!(Smtp::new("http://example.com", "a@b.de").is_err() && Smtp::new("smtp://localhost", "nobody").is_err());
    }
}
