//! A minimal HTTP/1.1 client: one connection, one request at a time.

use core::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Failure;

/// An open connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A whole response.
pub(crate) struct Response {
    /// The status code.
    pub(crate) status: u16,
    head: String,
    /// The body, without the marks of chunks.
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The value of a header, the name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (other, value) = line.split_once(':')?;
            other.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request and reads its response.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Response, Failure> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let end = self.read_until(0, b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let status = head.split(' ').nth(1).ok_or("the response has no status")?.parse()?;
        let mut response = Response { status, head, body: Vec::new() };
        if response.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            response.body = self.read_chunks(end).await?;
        } else {
            let length: usize = response.header("content-length").map_or(Ok(0), str::parse)?;
            self.fill(end + length).await?;
            response.body = self.buffer[end..end + length].to_vec();
        }
        Ok(response)
    }

    /// As [`Connection::send`]; fails unless the response has this status.
    pub(crate) async fn expect(&mut self, request: &[u8], status: u16) -> Result<Response, Failure> {
        let response = self.send(request).await?;
        if response.status != status {
            let (line, body) = (response.head.lines().next().unwrap_or(""), String::from_utf8_lossy(&response.body));
            let body: String = body.chars().take(300).collect();
            return Err(format!("expected {status}, not {line}: {body}").into());
        }
        Ok(response)
    }

    /// Reads the chunks of a body that begins here.
    async fn read_chunks(&mut self, mut at: usize) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        loop {
            let line_end = self.read_until(at, b"\r\n").await?;
            let length = usize::from_str_radix(core::str::from_utf8(&self.buffer[at..line_end])?.trim(), 16)?;
            self.fill(line_end + length + 2).await?;
            body.extend_from_slice(&self.buffer[line_end..line_end + length]);
            if length == 0 {
                return Ok(body);
            }
            at = line_end + length + 2;
        }
    }

    /// Reads until these bytes follow somewhere after `from`. Returns where they end.
    async fn read_until(&mut self, from: usize, mark: &[u8]) -> Result<usize, Failure> {
        loop {
            let found = self.buffer[from..].windows(mark.len()).position(|window| window == mark);
            if let Some(position) = found {
                return Ok(from + position + mark.len());
            }
            self.read().await?;
        }
    }

    /// Reads until this many bytes are there.
    async fn fill(&mut self, length: usize) -> Result<(), Failure> {
        while self.buffer.len() < length {
            self.read().await?;
        }
        Ok(())
    }

    async fn read(&mut self) -> Result<(), Failure> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        Ok(())
    }
}
