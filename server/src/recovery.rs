//! `POST /p/<project>/account/second-factors`: the forms that make recovery codes, posted plainly. The answer is the same page with the
//! codes: the one moment at which they are shown. With scripts, the page calls the server functions and shows them itself.

use crate::failure::Failure;
use crate::form::{back, caller};
use crate::{Edge, pages};
use app::account::FreshCodes;
use app::backend::SignedIn;
use app::paths;
use axum::Form;
use axum::body::Body;
use axum::extract::{Extension, FromRequest as _, Path, Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Fields {
    /// The first code of an app that is being set up; without it, new codes are asked for.
    code: Option<String>,
    #[serde(default)]
    password: String,
}

pub async fn codes(
    State(edge): State<Edge>,
    Path(project): Path<String>,
    signed_in: Option<Extension<SignedIn>>,
    request: Request,
) -> Response {
    let caller = match caller(&edge, &project, signed_in).await {
        Ok(caller) => caller,
        Err(error) => return Failure(error).into_response(),
    };
    let (mut parts, body) = request.into_parts();
    let fields = match Form::<Fields>::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(Form(fields)) => fields,
        Err(refused) => return refused.into_response(),
    };
    let account = &edge.backend.account;
    // The server functions of the same forms: errors in the address are found under their paths.
    let (call, made) = match fields.code {
        Some(code) => ("/api/totp_confirm", account.totp_confirm(&caller, &code).await),
        None => ("/api/recovery_code_renew", account.recovery_code_renew(&caller, &fields.password).await),
    };
    match made {
        Ok(codes) => {
            parts.method = Method::GET;
            let page = Request::from_parts(parts, Body::empty());
            pages::render(&edge, page, move || provide_context(FreshCodes(codes.clone()))).await
        }
        Err(error) => back(&paths::second_factors(caller.project), &[], call, error),
    }
}
