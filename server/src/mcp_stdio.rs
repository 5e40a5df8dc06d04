//! `creatorscore mcp`: the tools of a server's `/mcp` over standard input and output, for assistants that start a program.
//!
//! It knows no tool itself: what it lists and calls is what the server lists for the key, so both are always of one version.

use core::{
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use std::path::PathBuf;

use clap::Args;
use reqwest::{StatusCode, header};
use rmcp::{
    ErrorData, RoleServer, ServerHandler, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ErrorCode, ListToolsResult, PaginatedRequestParams,
        ProtocolVersion, ResultType, ServerConfig,
    },
    service::RequestContext,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::{Host, Url};

use crate::{http::mcp, serve::Failure};

/// The environment variable that has the key. There is no argument for it: every user of a machine sees the arguments of
/// its programs.
const KEY: &str = "CREATORSCORE_KEY";
/// How long the server may take to answer.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Which server, and where its key is.
#[derive(Args, Clone, Debug)]
pub(crate) struct McpOptions {
    /// The server's address, such as `https://app.example.com`
    #[arg(long, env = "CREATORSCORE_URL")]
    url: Url,
    /// File with a server key; when not given, the environment variable `CREATORSCORE_KEY` has the key
    #[arg(long, env = "CREATORSCORE_KEY_FILE")]
    key_file: Option<PathBuf>,
}

impl McpOptions {
    fn key(&self) -> Result<String, Failure> {
        let text = if let Some(file) = &self.key_file {
            std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?
        } else {
            #[expect(clippy::disallowed_methods, reason = "as a setting the key would be an argument too")]
            let key = std::env::var(KEY);
            key.map_err(|_| format!("{KEY} must have a server key, or --key-file name a file with one"))?
        };
        Ok(text.trim().to_owned())
    }

    /// The address of the tools. A key is sent in the clear within this machine only.
    fn endpoint(&self) -> Result<Url, Failure> {
        let is_here = match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        };
        if self.url.scheme() != "https" && !(self.url.scheme() == "http" && is_here) {
            return Err("--url must begin with https://".into());
        }
        Ok(self.url.join(mcp::PATH)?)
    }
}

/// Serves until standard input ends.
pub(crate) async fn run(options: &McpOptions) -> Result<(), Failure> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(TIMEOUT).build()?;
    let bridge = Bridge { http, endpoint: options.endpoint()?, key: options.key()?, next: AtomicU64::new(1) };
    // A wrong key or address is said now, and not by the first call.
    let _: ListToolsResult =
        bridge.forward("tools/list", json!({})).await.map_err(|error| error.message.to_string())?;
    bridge.serve(rmcp::transport::stdio()).await?.waiting().await?;
    Ok(())
}

/// Passes what a client asks on to the server.
struct Bridge {
    http: reqwest::Client,
    endpoint: Url,
    key: String,
    next: AtomicU64,
}

#[derive(Deserialize)]
struct Reply {
    result: Option<Value>,
    error: Option<ErrorData>,
}

impl Bridge {
    async fn forward<T: DeserializeOwned>(&self, method: &str, params: impl Serialize) -> Result<T, ErrorData> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let request = self
            .http
            .post(self.endpoint.clone())
            .bearer_auth(&self.key)
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header("mcp-protocol-version", ProtocolVersion::V_2025_11_25.as_str())
            .json(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let failed = |error: reqwest::Error| problem(format!("{}: {}", self.endpoint, error.without_url()));
        let response = request.send().await.map_err(failed)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(problem("the server does not know this key".to_owned())),
            status => return Err(problem(format!("the server answered with {status}"))),
        }
        let reply: Reply = response.json().await.map_err(failed)?;
        let result = reply.result.ok_or_else(|| reply.error.unwrap_or_else(|| problem("no result".to_owned())))?;
        serde_json::from_value(result).map_err(|error| problem(format!("an unreadable result: {error}")))
    }
}

fn problem(message: String) -> ErrorData {
    ErrorData::new(ErrorCode::INTERNAL_ERROR, message, None)
}

impl ServerHandler for Bridge {
    fn get_info(&self) -> ServerConfig {
        mcp::about()
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let list: ListToolsResult = self.forward("tools/list", json!({})).await?;
        Ok(ListToolsResult { result_type: Some(ResultType::COMPLETE), ..list })
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        // What else the client says of the call is said to this program, by the version that both speak.
        let params = json!({"name": request.name, "arguments": request.arguments.unwrap_or_default()});
        let mut result: CallToolResult = self.forward("tools/call", params).await?;
        result.result_type = Some(ResultType::COMPLETE);
        Ok(result.into())
    }
}
