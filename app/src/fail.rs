//! The error of every server function: `api::Error`, dressed for the wire. `api` knows nothing of Leptos, so the dress is made here.

use api::{Error, Why};
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use std::fmt;

/// `api::Error` as server functions return it; on the wire it is the same JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fail(pub Error);

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fail {}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Fail> for Error {
    fn from(fail: Fail) -> Self {
        fail.0
    }
}

/// What fails on the way to a server function and back, not inside it.
impl FromServerFnError for Fail {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::MissingArg(name) => Error::field(&name, Why::Required),
            ServerFnErrorErr::Args(text) => match missing_field(&text) {
                Some(name) => Error::field(name, Why::Required),
                None => Error::field("", Why::NotAChoice),
            },
            // The server is away, or something between here and there answered in its place.
            other => Error::Unavailable { what: "Offing".to_owned(), why: other.to_string() },
        })
    }
}

/// The field that serde says is missing from a form.
fn missing_field(text: &str) -> Option<&str> {
    text.split_once("missing field `")?.1.split('`').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: ServerFnErrorErr, expected: Error) {
        assert_eq!(Fail::from_server_fn_error(error).0, expected);
    }

    #[test]
    fn faults_on_the_way() {
        check(ServerFnErrorErr::Args("missing field `name`".into()), Error::field("name", Why::Required));
        check(ServerFnErrorErr::Args("invalid digit".into()), Error::field("", Why::NotAChoice));
        let error = Fail::from_server_fn_error(ServerFnErrorErr::Request("connection refused".into()));
        assert!(matches!(error.0, Error::Unavailable { why, .. } if why.contains("connection refused")));
    }
}
