//! The pages of links, creators and campaigns, as a browser without script uses them.

mod campaigns;
mod connections;
mod creators;
mod imports;
mod links;
mod proofs;
mod settings;

use crate::test_server::TestServer;

/// A member of the brand at a browser.
struct Browser<'a> {
    server: &'a TestServer,
    cookie: String,
}

/// What a page was answered with.
struct Page {
    status: u16,
    location: String,
    content_type: String,
    text: String,
}

impl Page {
    async fn of(answer: reqwest::Response) -> Self {
        let header =
            |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let (location, content_type) = (header("location"), header("content-type"));
        Self { status: answer.status().as_u16(), location, content_type, text: answer.text().await.unwrap() }
    }

    fn shows(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.text.contains(text), "{text} in {}", self.text);
        }
    }
}

impl<'a> Browser<'a> {
    async fn of(server: &'a TestServer) -> Self {
        Self { server, cookie: server.sign_in().await }
    }

    async fn get(&self, path: &str) -> Page {
        let request = self.server.http.get(format!("{}/brand/attribution{path}", self.server.url));
        Page::of(request.header("cookie", &self.cookie).header("accept", "text/html").send().await.unwrap()).await
    }

    /// Sends a form of a page. `action` is the value of its button.
    async fn post(&self, path: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("do", action)]).collect();
        let request = self
            .server
            .http
            .post(format!("{}/brand/attribution{path}", self.server.url))
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .form(&fields);
        Page::of(request.send().await.unwrap()).await
    }

    /// Sends a form that is accepted, and follows it.
    async fn done(&self, path: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, action, fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let to = answer.location.strip_prefix("/brand/attribution").expect("a page of the brand").to_owned();
        let page = self.get(&to).await;
        assert_eq!(page.status, 200, "{to}");
        page
    }

    /// Sends a form that is refused: the page stands there again, with the fault.
    async fn refused(&self, path: &str, action: &str, fields: &[(&str, &str)], fault: &str) -> Page {
        let answer = self.post(path, action, fields).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        answer.shows(&[fault]);
        answer
    }
}
