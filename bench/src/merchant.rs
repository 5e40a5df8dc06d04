//! A member of the brand's team, signed in as in a browser outside the Shopify admin: by a sign-in link and a cookie.

use core::net::SocketAddr;

use crate::{
    Failure,
    http::{Connection, Response},
    server::Server,
};

/// A session; it outlives connections and the server's process.
#[derive(Clone)]
pub(crate) struct Session {
    cookie: String,
}

/// A connection with a session.
pub(crate) struct Merchant {
    connection: Connection,
    session: Session,
}

impl Session {
    /// Signs in.
    pub(crate) async fn start(server: &Server) -> Result<Self, Failure> {
        let path = server.sign_in_path()?;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\ncontent-length: 0\r\n\r\n"
        );
        let response = Connection::open(server.address).await?.expect(request.as_bytes(), 303).await?;
        let cookie = response.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        Ok(Self { cookie: cookie.ok_or("the sign-in link was not accepted")?.to_owned() })
    }

    /// Connects with this session.
    pub(crate) async fn open(&self, address: SocketAddr) -> Result<Merchant, Failure> {
        Ok(Merchant { connection: Connection::open(address).await?, session: self.clone() })
    }
}

impl Merchant {
    /// Gets a page.
    pub(crate) async fn page(&mut self, path: &str) -> Result<Response, Failure> {
        let cookie = &self.session.cookie;
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n");
        self.connection.expect(request.as_bytes(), 200).await
    }

    /// Submits a form of a page, whose values need no encoding, and returns the path to which it leads.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<String, Failure> {
        let form = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\ncookie: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            self.session.cookie,
            form.len()
        );
        let response = self.connection.expect(request.as_bytes(), 303).await?;
        let location = response.header("location").ok_or("a form that was accepted leads nowhere")?;
        Ok(location.split('?').next().unwrap_or(location).to_owned())
    }
}
