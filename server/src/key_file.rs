//! `POST /p/<project>/key-pairs/create`: the form of a new key pair, posted plainly. The answer is the private key as a file to save: the
//! one moment at which it exists outside its owner's hands. With scripts, the page calls the server function and shows it itself.

use crate::Edge;
use crate::failure::Failure;
use crate::form::{back, caller};
use api::compute::{Compute as _, KeyType, NewKeypair};
use api::{Error, Why};
use app::backend::SignedIn;
use app::paths;
use axum::Form;
use axum::extract::{Extension, Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// The server function of the same form: errors in the address are found under its path.
const CALL: &str = "/api/keypair_create";

#[derive(Deserialize)]
pub struct NewKey {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
}

pub async fn create(
    State(edge): State<Edge>,
    Path(project): Path<String>,
    signed_in: Option<Extension<SignedIn>>,
    Form(new): Form<NewKey>,
) -> Response {
    let caller = match caller(&edge, &project, signed_in).await {
        Ok(caller) => caller,
        Err(error) => return Failure(error).into_response(),
    };
    let made = match KeyType::parse(&new.kind) {
        Some(kind) => edge.cloud.compute.keypair_create(&caller, &new.name, kind).await,
        None => Err(Error::field("kind", Why::NotAChoice)),
    };
    match made {
        Ok(made) => file(made),
        Err(error) => {
            let page = paths::key_pair_create(caller.project);
            back(&page, &[("name", &new.name), ("kind", &new.kind)], CALL, error)
        }
    }
}

fn file(NewKeypair { keypair, private_key }: NewKeypair) -> Response {
    // A name is any text; a file's is not.
    let name: String =
        keypair.name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    let headers = [
        (CONTENT_TYPE, "application/x-pem-file".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.pem\"")),
    ];
    (headers, private_key).into_response()
}
