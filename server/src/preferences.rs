//! How somebody likes the console to look: kept in cookies of its own, because it also holds before anybody has signed in, and with the
//! account of those who have.

use crate::failure::Failure;
use crate::{Edge, local};
use app::backend::SignedIn;
use axum::Form;
use axum::extract::{Extension, State};
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

/// The cookies there are, with the values they may have.
const CHOICES: [(&str, &[&str]); 2] = [("theme", &["system", "light", "dark"]), ("lang", &["en", "ko"])];

#[derive(Deserialize)]
pub struct Preferences {
    theme: Option<String>,
    lang: Option<String>,
    /// The page to go back to.
    #[serde(default)]
    r#return: String,
}

/// Sets those that the form names and goes back to its page. What is not a choice is left alone.
pub async fn set(
    State(edge): State<Edge>,
    signed_in: Option<Extension<SignedIn>>,
    Form(form): Form<Preferences>,
) -> Response {
    if let Some(Extension(signed_in)) = signed_in {
        let (lang, theme) = (form.lang.as_deref(), form.theme.as_deref());
        if let Err(error) = edge.cloud.identity.preference_note(signed_in.user, lang, theme).await {
            return Failure(error).into_response();
        }
    }
    let secure = if edge.settings.secure() { "; Secure" } else { "" };
    let given = [form.theme, form.lang];
    let cookies: Vec<_> = CHOICES
        .iter()
        .zip(given)
        .filter_map(|((name, choices), given)| {
            let value = choices.iter().find(|choice| given.as_deref() == Some(**choice))?;
            Some((SET_COOKIE, format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}")))
        })
        .collect();
    (AppendHeaders(cookies), Redirect::to(local::page(&form.r#return).unwrap_or("/"))).into_response()
}
