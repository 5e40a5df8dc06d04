//! A mail server that takes every mail and shows it to the test.

use core::time::Duration;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What was sent: recipient and the whole message.
type Mails = Arc<Mutex<Vec<(String, String)>>>;

pub(crate) struct MailServer {
    pub(crate) url: String,
    mails: Mails,
    is_broken: Arc<AtomicBool>,
    refusals: Arc<AtomicUsize>,
}

impl MailServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (mails, is_broken, refusals) =
            (Mails::default(), Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let (kept, broken, counted) = (mails.clone(), is_broken.clone(), refusals.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, kept.clone(), broken.clone(), counted.clone()));
            }
        });
        Self { url, mails, is_broken, refusals }
    }

    /// From now on it refuses mails for now, or takes them again.
    pub(crate) fn set_broken(&self, is_broken: bool) {
        self.is_broken.store(is_broken, Ordering::SeqCst);
    }

    /// Waits until it has refused a mail since the last call.
    pub(crate) async fn refusal(&self) {
        while self.refusals.swap(0, Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What was sent since the last call: recipient and message.
    pub(crate) fn take(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.mails.lock().unwrap())
    }

    /// The token of the only mail since the last call, which is to this address.
    pub(crate) fn token_for(&self, address: &str) -> String {
        let mails = self.take();
        let [(to, text)] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!(to, address);
        // Long lines are sent in parts (quoted-printable, RFC 2045 §6.7).
        let text = text.replace("=\n", "");
        let (_, rest) = text.split_once("http://localhost:4000/sign-in/").expect("a link");
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

async fn talk(stream: TcpStream, mails: Mails, is_broken: Arc<AtomicBool>, refusals: Arc<AtomicUsize>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut to, mut message, mut is_data) = (String::new(), String::new(), false);
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = if is_data {
            if line != "." {
                message.push_str(&line);
                message.push('\n');
                continue;
            }
            is_data = false;
            mails.lock().unwrap().push((std::mem::take(&mut to), std::mem::take(&mut message)));
            "250 taken"
        } else if line.starts_with("EHLO") {
            "250 test"
        } else if line.starts_with("RCPT") && is_broken.load(Ordering::SeqCst) {
            refusals.fetch_add(1, Ordering::SeqCst);
            "451 later"
        } else if let Some(address) = line.strip_prefix("RCPT TO:<") {
            to = address.split('>').next().unwrap().to_owned();
            "250 ok"
        } else if line.starts_with("DATA") {
            is_data = true;
            "354 go on"
        } else if line.starts_with("QUIT") {
            "221 bye"
        } else {
            "250 ok"
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}
