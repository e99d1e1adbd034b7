//! The server's side of a server function: the services, who asks, and how an answer becomes HTTP.
//!
//! ```ignore
//! #[server(endpoint = "instance_start")]
//! pub async fn instance_start(project: String, id: String) -> Result<(), Fail> {
//!     let caller = caller(&project).await?;
//!     answer(backend()?.compute.instance_start(&caller, parse(Kind::Instance, &id)?).await)
//! }
//! ```

use crate::fail::Fail;
use crate::operation::calls::NEWEST;
use api::account::{Account, Preferences, Zone};
use api::audit::Audits;
use api::class::{Classes, JoinShown};
use api::compute::Compute;
use api::credential::Credentials;
use api::directory::Directory;
use api::identity::{Identity, Me, SignInOptions};
use api::image::Images;
use api::metadef::{Carrier, Metadefs};
use api::network::Networks;
use api::operation::{Operation, Operations};
use api::passkey::Passkeys;
use api::policy::Policies;
use api::provider::Providers;
use api::quota::Quotas;
use api::{Caller, ProjectId, Proof, UserId};
use http::header::{ACCEPT, HOST, REFERER};
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

// What files of server functions take from here on both halves; see `lib.rs` for the browser's.
pub use api::{Error, Kind, Why};
pub use leptos::prelude::server;
pub use leptos_axum::redirect;

/// Server functions live below this path; everything else is a page.
pub const CALLS: &str = "/api/";

/// The services. The edge provides one to the context of every page and server function.
#[derive(Clone)]
pub struct Backend {
    pub identity: Arc<dyn Identity>,
    pub account: Arc<dyn Account>,
    pub passkeys: Arc<dyn Passkeys>,
    pub providers: Arc<dyn Providers>,
    pub credentials: Arc<dyn Credentials>,
    pub directory: Arc<dyn Directory>,
    pub classes: Arc<dyn Classes>,
    pub policies: Arc<dyn Policies>,
    pub images: Arc<dyn Images>,
    pub metadefs: Arc<dyn Metadefs>,
    pub networks: Arc<dyn Networks>,
    pub compute: Arc<dyn Compute>,
    pub operations: Arc<dyn Operations>,
    pub quotas: Arc<dyn Quotas>,
    pub audits: Arc<dyn Audits>,
    /// Where browsers and programs find us, when it is not where they connect to.
    pub public_url: Option<Uri>,
}

/// Who has signed in. The edge puts it into the extensions of requests that come with a living session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub user: UserId,
    /// By what.
    pub proof: Proof,
    /// Where the request comes from.
    pub address: String,
    /// The request's id, for log, audit and operations.
    pub request: String,
}

impl SignedIn {
    /// The caller that this is in a project, as things are now.
    pub async fn caller(&self, identity: &dyn Identity, project: ProjectId) -> api::Result<Caller> {
        let caller = identity.caller(self.user, project, &self.request).await?;
        Ok(Caller { proof: self.proof.clone(), address: self.address.clone(), ..caller })
    }
}

/// What the frame of a project's page shows: read before the page is drawn, so that all of the page is drawn with it at hand. The edge
/// puts it into the extensions of requests for such pages.
#[derive(Clone, Debug)]
pub struct Arrival {
    me: api::Result<Me>,
    tasks: Vec<Operation>,
    mark: String,
}

impl Arrival {
    /// Reads it for the project of the address. What cannot be read is said in place of the page. `mark` is where the hub stands.
    pub async fn read(backend: &Backend, signed_in: &SignedIn, project: &str, mark: String) -> Self {
        let read = async {
            let project = project.parse().map_err(|_| Error::not_found(Kind::Project, project))?;
            let caller = signed_in.caller(&*backend.identity, project).await?;
            let me = backend.identity.me(&caller).await?;
            let is_nowhere = caller.project == ProjectId::NOWHERE;
            let tasks = match is_nowhere {
                true => Vec::new(),
                false => backend.operations.operation_list(&caller, NEWEST).await?,
            };
            Ok((me, tasks))
        };
        match read.await {
            Ok((me, tasks)) => Self { me: Ok(me), tasks, mark },
            Err(error) => Self { me: Err(error), tasks: Vec::new(), mark },
        }
    }
}

impl Arrival {
    /// The project, if it is open to whoever has arrived.
    pub fn project(&self) -> Option<ProjectId> {
        self.me.as_ref().ok().map(|me| me.project)
    }
}

/// What the sign-in page has to ask for: the edge puts it into the extensions of requests for it.
pub fn sign_in_options() -> SignInOptions {
    use_context::<Parts>().and_then(|parts| parts.extensions.get().cloned()).unwrap_or_default()
}

/// What the page behind a code shows: the edge puts it into the extensions of requests for it.
pub fn join_shown() -> JoinShown {
    use_context::<Parts>().and_then(|parts| parts.extensions.get().cloned()).unwrap_or_default()
}

/// Who has arrived at the page, the project's newest operations, and where the hub stood; `None` outside a project.
pub fn arrival() -> Option<(Result<Me, Fail>, Vec<Operation>, String)> {
    let Arrival { me, tasks, mark } = use_context::<Parts>()?.extensions.get().cloned()?;
    Some((answer(me), tasks, mark))
}

/// What is kept for whoever has signed in. The edge puts it into the extensions of requests for pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub preferences: Preferences,
    pub zone: Option<Zone>,
}

/// What became of a call, for the edge, which writes down what was refused: it puts one into the extensions of requests that change
/// something.
#[derive(Clone, Debug, Default)]
pub struct Attempt(Arc<Mutex<Attempted>>);

#[derive(Clone, Debug, Default)]
pub struct Attempted {
    pub caller: Option<Caller>,
    /// What it was about, beside the project.
    pub target: Option<(Kind, String)>,
    pub error: Option<Error>,
}

impl Attempt {
    pub fn seen(&self) -> Attempted {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes something about the call that is being answered, if anybody wants to know.
    fn note(what: impl FnOnce(&mut Attempted)) {
        if let Some(attempt) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Self>().cloned()) {
            what(&mut attempt.0.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// Addresses of the files that the console's browser half is made of; their names change with their content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub js: String,
    pub wasm: String,
    pub css: String,
}

/// The services, from the context.
pub fn backend() -> Result<Backend, Fail> {
    // Only a server that forgot to provide them gets here.
    answer(use_context().ok_or_else(|| Error::Internal { incident: "no-backend".to_owned() }))
}

/// The user of the session, or `Unauthenticated`.
pub fn signed_in() -> Result<SignedIn, Fail> {
    answer(use_context::<Parts>().and_then(|parts| parts.extensions.get().cloned()).ok_or(Error::Unauthenticated))
}

/// Who asks, in the project of the address. A stranger's project is as unknown as one that never was.
pub async fn caller(project: &str) -> Result<Caller, Fail> {
    let signed_in = signed_in()?;
    let project: ProjectId = parse(Kind::Project, project)?;
    let caller = answer(signed_in.caller(&*backend()?.identity, project).await)?;
    Attempt::note(|it| *it = Attempted { caller: Some(caller.clone()), ..Attempted::default() });
    Ok(caller)
}

/// An id from an address or a form. What is none names nothing.
pub fn parse<T: FromStr>(kind: Kind, id: &str) -> Result<T, Fail> {
    let parsed = answer(id.parse().map_err(|_| Error::not_found(kind, id.chars().take(64).collect::<String>())))?;
    Attempt::note(|it| it.target = Some((kind, id.to_owned())));
    Ok(parsed)
}

/// What carries the properties that a page is about.
pub fn carrier(kind: &str, id: &str) -> Result<Carrier, Fail> {
    match kind {
        "flavor" => Ok(Carrier::Flavor(parse(Kind::Flavor, id)?)),
        "instance" => Ok(Carrier::Instance(parse(Kind::Instance, id)?)),
        _ => answer(Err(Error::field("kind", Why::NotAChoice))),
    }
}

/// Turns a service's answer into a server function's, and sets the HTTP status of a failure.
///
/// A plain form that gets an error status stays where it is: no browser follows `Location` then. So a form's answer keeps the
/// redirect that carries the error back to the form, and only those who ask for data learn the status. A page shows what it can and
/// has the status of what it could not.
pub fn answer<T>(result: api::Result<T>) -> Result<T, Fail> {
    result.map_err(|error| {
        Attempt::note(|it| it.error = Some(error.clone()));
        let context = use_context::<Parts>().zip(use_context::<ResponseOptions>());
        if let Some((parts, response)) = context
            && !is_form_post(&parts)
            && let Ok(status) = StatusCode::from_u16(error.status())
        {
            response.set_status(status);
        }
        Fail(error)
    })
}

/// After a thing has been deleted: leads away from its own page to `list`; whoever stood elsewhere stays, with filter and place in the list.
pub fn leave(page: &str, list: &str) {
    let parts = use_context::<Parts>();
    let from = parts.as_ref().and_then(|parts| parts.headers.get(REFERER)?.to_str().ok()?.parse::<Uri>().ok());
    if from.is_some_and(|from| from.path() == page) {
        redirect(list);
    }
}

/// Where programs find the cloud, without a slash at the end: where the operator says, or where the request has found it.
pub fn base_url(public: Option<&Uri>, headers: &HeaderMap) -> String {
    if let Some(url) = public {
        return url.to_string().trim_end_matches('/').to_owned();
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

/// The same for the request that is being answered.
pub fn own_base_url() -> Result<String, Fail> {
    let headers = use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default();
    Ok(base_url(backend()?.public_url.as_ref(), &headers))
}

fn is_form_post(parts: &Parts) -> bool {
    parts.uri.path().starts_with(CALLS) && accepts_html(&parts.headers)
}

/// Whether a browser asks for a page, and not a script for data.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
