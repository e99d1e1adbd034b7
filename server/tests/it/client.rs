//! A browser as far as HTTP goes: keeps cookies, says where it comes from, reads HTML.

use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, REFERER, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, Response};
use futures::StreamExt as _;
use server::listen::Peer;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt as _;

pub const HOSTNAME: &str = "cloud.example";
/// Where every test's browser sits.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);
const FORM: &str = "application/x-www-form-urlencoded";
/// What a test waits for comes at once; this is when to give up on it.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self { router, cookies: Arc::default() }
    }

    /// A page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).header(ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    /// A form, as a browser without scripts posts it from our own page.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{HOSTNAME}");
        let request = self
            .request(Method::POST, path)
            .header(ACCEPT, "text/html")
            .header(ORIGIN, origin)
            .header(CONTENT_TYPE, FORM);
        self.send(request.body(Body::from(encode(fields))).unwrap()).await
    }

    /// The same, from the page that has the form.
    pub async fn post_from(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{HOSTNAME}");
        let request = self
            .request(Method::POST, path)
            .header(ACCEPT, "text/html")
            .header(REFERER, format!("{origin}{page}"))
            .header(ORIGIN, origin)
            .header(CONTENT_TYPE, FORM);
        self.send(request.body(Body::from(encode(fields))).unwrap()).await
    }

    /// A server function, as the console's own script calls it.
    pub async fn call(&self, name: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{HOSTNAME}");
        let request = self
            .request(Method::POST, &format!("/api/{name}"))
            .header(ACCEPT, "application/json")
            .header(ORIGIN, origin);
        self.send(request.header(CONTENT_TYPE, FORM).body(Body::from(encode(fields))).unwrap()).await
    }

    /// A request with this browser's cookies, to be filled further.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let cookies = self.cookies.lock().unwrap();
        let cookies: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let peer = Peer(SocketAddr::from((ADDRESS, 40_000)));
        let request = Request::builder().method(method).uri(path).header(HOST, HOSTNAME).extension(peer);
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// The answer as soon as its head is there.
    pub async fn open(&self, request: Request<Body>) -> Response<Body> {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    /// The event stream of a project, from now on.
    pub async fn events(&self, project: impl ToString) -> Events {
        let mut events = self.events_since(project, "of another start").await;
        assert!(events.next().await.unwrap().contains("event: refresh"), "nobody knows what was before");
        events
    }

    /// The event stream of a project for a page that was drawn at the hub's mark.
    pub async fn events_since(&self, project: impl ToString, mark: &str) -> Events {
        let since = form_urlencoded::byte_serialize(mark.as_bytes()).collect::<String>();
        let request = self.request(Method::GET, &format!("/events?project={}&since={since}", project.to_string()));
        let response = self.open(request.header(ACCEPT, "text/event-stream").body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 200);
        Events { stream: response.into_body().into_data_stream(), pending: String::new() }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }
}

pub fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn html(&self) -> scraper::Html {
        scraper::Html::parse_document(self.text())
    }

    /// What a form's field of the page holds; fails if there is none.
    pub fn field(&self, name: &str) -> String {
        let wanted = scraper::Selector::parse(&format!("[name={name}]")).unwrap();
        let html = self.html();
        let field = html.select(&wanted).next().unwrap_or_else(|| panic!("no field {name}: {}", self.text()));
        field.attr("value").unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Where it sends the browser; fails if it does not.
    pub fn location(&self) -> &str {
        assert!((300..400).contains(&self.status), "{} {}", self.status, self.text());
        self.headers.get(LOCATION).unwrap().to_str().unwrap()
    }
}

/// A stream of server-sent events.
pub struct Events {
    stream: BodyDataStream,
    pending: String,
}

impl Events {
    /// The next message's lines; `None` when the stream has ended. Comments are passed over.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            while let Some((message, rest)) = self.pending.clone().split_once("\n\n") {
                self.pending = rest.to_owned();
                if message.lines().any(|line| line.starts_with("data:")) {
                    return Some(message.to_owned());
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("no event came")?;
            self.pending.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// The JSON of the next message.
    pub async fn json(&mut self) -> serde_json::Value {
        let message = self.next().await.expect("the stream has ended");
        let data = message.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
        serde_json::from_str(data.trim()).unwrap()
    }
}
