//! Runs the commands of a Markdown page against a test server: the part of a shell with curl and jq that the documentation
//! uses. Anything else in a block is an error, so that a page cannot say what is not run.
//!
//! A block of JSON after a block of commands is what the last of them is answered with, as far as it is shown; a `…` ends a
//! text that is different each time.

use core::iter::Peekable;
use std::{collections::BTreeMap, str::Chars};

use reqwest::Method;
use serde_json::Value;

use crate::test_server::TestServer;

/// The server in the documentation.
const SERVER: &str = "http://localhost:4000";

pub(crate) struct Script<'a> {
    server: &'a TestServer,
    key: String,
    variables: BTreeMap<String, String>,
    last: Value,
    /// How many requests were sent.
    pub(crate) requests: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `NAME=$(`.
    Capture(String),
    Close,
    Pipe,
    End,
}

impl<'a> Script<'a> {
    /// With `KEY` set.
    pub(crate) fn new(server: &'a TestServer, key: &str) -> Self {
        let variables = [("SERVER", SERVER), ("KEY", key)];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { server, key: key.to_owned(), variables, last: Value::Null, requests: 0 }
    }

    /// Runs every block of a page.
    pub(crate) async fn run(&mut self, page: &str) {
        let mut is_after_commands = false;
        for block in page.split("```").skip(1).step_by(2) {
            match block.split_once('\n').unwrap() {
                ("sh", commands) => self.run_block(commands).await,
                ("json", expected) if is_after_commands => {
                    let expected: Value =
                        serde_json::from_str(expected).unwrap_or_else(|error| panic!("{error}: {expected}"));
                    assert!(matches(&expected, &self.last), "the page shows {expected}, the answer is {}", self.last);
                }
                _ => {}
            }
            is_after_commands = block.starts_with("sh\n");
        }
    }

    async fn run_block(&mut self, commands: &str) {
        let mut rest = commands.trim_start().to_owned();
        // Each command is read when the ones before it have set their variables.
        while !rest.is_empty() {
            let mut letters = rest.chars().peekable();
            let mut tokens = Vec::new();
            loop {
                match self.token(&mut letters) {
                    Token::End => break,
                    token => tokens.push(token),
                }
            }
            let left: String = letters.collect();
            rest = left.trim_start().into();
            self.run_command(&tokens).await;
        }
    }

    /// The next word or sign of a command.
    fn token(&self, letters: &mut Peekable<Chars<'_>>) -> Token {
        while letters.next_if(|letter| *letter == ' ').is_some() {}
        let mut word = None::<String>;
        loop {
            match letters.peek() {
                None | Some('\n' | ' ' | '|' | ')') if word.is_some() => return Token::Word(word.unwrap()),
                None => return Token::End,
                _ => {}
            }
            let text = word.get_or_insert_default();
            match letters.next().unwrap() {
                '\n' => return Token::End,
                '|' => return Token::Pipe,
                ')' => return Token::Close,
                '\\' if letters.peek() == Some(&'\n') => {
                    letters.next();
                    return self.token(letters);
                }
                '\'' => text.extend(letters.by_ref().take_while(|letter| *letter != '\'')),
                '"' => {
                    while let Some(letter) = letters.next().filter(|letter| *letter != '"') {
                        if letter == '$' { self.expand(letters, text) } else { text.push(letter) }
                    }
                }
                '$' if letters.peek() == Some(&'(') => {
                    letters.next();
                    return Token::Capture(text.strip_suffix('=').expect("NAME=$(…)").to_owned());
                }
                '$' => self.expand(letters, text),
                letter => text.push(letter),
            }
        }
    }

    /// Appends the value of the variable whose name follows.
    fn expand(&self, letters: &mut Peekable<Chars<'_>>, text: &mut String) {
        let mut name = String::new();
        while let Some(letter) = letters.next_if(|letter| letter.is_ascii_uppercase() || *letter == '_') {
            name.push(letter);
        }
        text.push_str(self.variables.get(&name).unwrap_or_else(|| panic!("${name} is not set")));
    }

    async fn run_command(&mut self, tokens: &[Token]) {
        let (name, command) = match tokens {
            [Token::Capture(name), command @ .., Token::Close] => (Some(name), command),
            [Token::Word(word)] => {
                let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("not understood: {word}"));
                let value = if name == "KEY" { self.key.clone() } else { value.to_owned() };
                self.variables.insert(name.to_owned(), value);
                return;
            }
            command => (None, command),
        };
        let (curl, filter) = match command {
            [curl @ .., Token::Pipe, Token::Word(jq), Token::Word(raw), Token::Word(filter)]
                if jq == "jq" && raw == "-r" =>
            {
                (curl, Some(filter.strip_prefix('.').unwrap()))
            }
            curl => (curl, None),
        };
        self.last = self.curl(curl).await;
        if let Some(name) = name {
            let value = &self.last[filter.expect("jq")];
            let value = value.as_str().unwrap_or_else(|| panic!("no {filter:?} in {}", self.last));
            self.variables.insert(name.clone(), value.to_owned());
        }
    }

    /// Sends a request as curl would, and lets the server do what it has put off.
    async fn curl(&mut self, tokens: &[Token]) -> Value {
        let words: Vec<&str> = tokens
            .iter()
            .map(|token| match token {
                Token::Word(word) => word.as_str(),
                other => panic!("not understood: {other:?}"),
            })
            .collect();
        let mut words = words.into_iter();
        assert_eq!(words.next(), Some("curl"));
        let (mut url, mut method, mut body, mut is_plain) = (None, None, None, false);
        let mut headers: Vec<(String, String)> = Vec::new();
        while let Some(word) = words.next() {
            match word {
                "-s" => {}
                "-g" => is_plain = true,
                "-X" => method = Some(words.next().unwrap().parse::<Method>().unwrap()),
                "-d" => body = Some(words.next().unwrap()),
                "-A" => headers.push(("user-agent".to_owned(), words.next().unwrap().to_owned())),
                "-H" => {
                    let (name, value) = words.next().unwrap().split_once(": ").unwrap();
                    headers.push((name.to_owned(), value.to_owned()));
                }
                word if url.is_none() && word.starts_with(SERVER) => url = Some(word),
                word => panic!("not understood: {word}"),
            }
        }
        let url = url.expect("an address");
        assert!(is_plain || !url.contains(['[', ']', '{', '}']), "curl takes {url} for a pattern without -g");
        let method = method.unwrap_or(if body.is_some() { Method::POST } else { Method::GET });
        let mut request = self.server.http.request(method, url.replacen(SERVER, &self.server.url, 1));
        if let Some(body) = body {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{url}: {status} {text}");
        self.requests += 1;
        self.server.clock.advance(1_000);
        self.server.settle().await;
        serde_json::from_str(&text).unwrap()
    }
}

/// Whether an answer is as it is shown, as far as it is shown.
fn matches(shown: &Value, found: &Value) -> bool {
    match (shown, found) {
        (Value::Object(shown), found) => shown.iter().all(|(name, value)| matches(value, &found[name])),
        (Value::Array(shown), Value::Array(found)) => {
            shown.len() == found.len() && shown.iter().zip(found).all(|(shown, found)| matches(shown, found))
        }
        (Value::String(shown), Value::String(found)) => match shown.split_once('…') {
            Some((start, _)) => found.starts_with(start),
            None => shown == found,
        },
        (shown, found) => shown == found,
    }
}
