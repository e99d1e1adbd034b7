//! A browser's part of HTTP: one connection that is kept, a cookie, forms and JSON.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};

pub struct Client {
    agent: Agent,
    base: String,
    cookie: String,
}

impl Client {
    pub fn connect(address: &str) -> Result<Self> {
        let agent = Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into();
        Ok(Self { agent, base: format!("http://{address}"), cookie: String::new() })
    }

    /// Another connection with the same session.
    pub fn clone_session(&self) -> Result<Self> {
        let mut own = Self::connect(self.base.trim_start_matches("http://"))?;
        own.adopt(self);
        Ok(own)
    }

    pub fn adopt(&mut self, other: &Self) {
        self.cookie.clone_from(&other.cookie);
    }

    pub fn sign_in(&mut self, name: &str, password: &str) -> Result<()> {
        let answer = self.form("/sign-in", [("name", name), ("password", password)])?;
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let cookies: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
        self.cookie = cookies.join("; ");
        if !answer.status().is_redirection() {
            bail!("the sign-in is answered {}", answer.status());
        }
        Ok(())
    }

    /// Where the root leads to.
    pub fn landing(&mut self) -> Result<String> {
        location(&self.get("/")?).context("the root leads nowhere")
    }

    /// A page's HTML, behind at most one redirect.
    pub fn page(&mut self, path: &str) -> Result<String> {
        let answer = self.get(path)?;
        match location(&answer) {
            Some(next) => read(self.get(&next)?),
            None => read(answer),
        }
    }

    /// A server function's answer.
    pub fn call(&mut self, name: &str, arguments: &Value) -> Result<Value> {
        serde_json::from_str(&self.ask(name, arguments)?)
            .with_context(|| format!("{name} answers something else than JSON"))
    }

    /// A server function's answer, unread. Arguments within arguments are written `outer[inner]`, as Leptos reads them.
    pub fn ask(&mut self, name: &str, arguments: &Value) -> Result<String> {
        let mut fields = Vec::new();
        flatten("", arguments, &mut fields);
        let request = self.agent.post(format!("{}/api/{name}", self.base));
        let request =
            request.header("cookie", &self.cookie).header("origin", &self.base).header("accept", "application/json");
        read(request.send_form(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))?)
    }

    /// The launch form; the new instance's id.
    pub fn launch(&mut self, form: &BTreeMap<String, String>) -> Result<String> {
        let fields = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let answer = self.form("/api/instance_launch", fields)?;
        let path = location(&answer).with_context(|| format!("the launch is answered {}", answer.status()))?;
        path.rsplit_once("/instances/")
            .map(|(_, id)| id.to_owned())
            .with_context(|| format!("the launch leads to {path}"))
    }

    fn form<'a>(&mut self, path: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Response<Body>> {
        let request = self.agent.post(format!("{}{path}", self.base));
        let request = request.header("cookie", &self.cookie).header("origin", &self.base).header("accept", "text/html");
        let referer = format!("{}/", self.base);
        Ok(request.header("referer", &referer).send_form(fields)?)
    }

    /// An address as a browser is given it.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// How many bytes a file is sent as to who reads Brotli.
    pub fn size(&mut self, path: &str) -> Result<u64> {
        let answer = self.agent.head(self.address(path)).header("accept-encoding", "br").call()?;
        if !answer.status().is_success() {
            bail!("{path} is answered {}", answer.status());
        }
        let length = answer.headers().get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
        length.with_context(|| format!("{path} has no length"))
    }

    /// A piece of a file.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let request = self.agent.put(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        read(request.header("origin", &self.base).header("accept", "application/json").send(bytes)?).map(drop)
    }

    fn get(&mut self, path: &str) -> Result<Response<Body>> {
        let request = self.agent.get(format!("{}{path}", self.base));
        Ok(request.header("cookie", &self.cookie).header("accept", "text/html").call()?)
    }
}

fn location(answer: &Response<Body>) -> Option<String> {
    answer.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn read(mut answer: Response<Body>) -> Result<String> {
    let status = answer.status();
    let body = answer.body_mut().with_config().limit(64 << 20).read_to_string()?;
    if !status.is_success() {
        bail!("answered {status}: {}", body.chars().take(200).collect::<String>());
    }
    Ok(body)
}

fn flatten(name: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                let name = if name.is_empty() { key.clone() } else { format!("{name}[{key}]") };
                flatten(&name, value, fields);
            }
        }
        Value::String(text) => fields.push((name.to_owned(), text.clone())),
        other => fields.push((name.to_owned(), other.to_string())),
    }
}
