//! Members ask for a larger quota; administrators answer. Both see what became of it.

use super::service::done;
use super::{limit, parse, store};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::is_unique;
use crate::fault::StoreError;
use crate::operation;
use api::error::{Conflict, Faults};
use api::quota::{QuotaRequest, RequestState, Resource};
use api::{Caller, Error, Kind, ListQuery, Page, QuotaRequestId, Result, Why};
use uuid::Uuid;

/// The longest reason and the longest answer, in characters.
const TEXT_MAX: usize = 2000;

/// Several lines of text.
fn text(text: &str) -> std::result::Result<&str, Why> {
    let (text, is) = (text.trim(), text.trim().chars().count());
    if is > TEXT_MAX {
        Err(Why::TooLong { max: TEXT_MAX, is })
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        Err(Why::ControlCharacters)
    } else {
        Ok(text)
    }
}

pub async fn create(core: &Core, caller: &Caller, resource: &str, asked: &str, reason: &str) -> Result<QuotaRequestId> {
    authz::require(caller, Action::RequestQuota)?;
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    let mut faults = Faults::default();
    let found = Resource::ALL.into_iter().find(|it| it.as_str() == resource);
    let resource = faults.take("resource", found.ok_or(Why::NotAChoice));
    let asked = faults.take("asked", parse(asked));
    let reason = text(reason).and_then(|reason| if reason.is_empty() { Err(Why::Required) } else { Ok(reason) });
    let reason = faults.take("reason", reason);
    let (resource, asked, reason) = faults.finish_with(resource.zip(asked).zip(reason).map(|((a, b), c)| (a, b, c)))?;
    let held = limit(&mut tx, caller.project, resource).await?;
    if held < 0 || (asked >= 0 && asked <= held) {
        return Err(Error::field("asked", Why::NotMore { limit: held }));
    }
    let id = QuotaRequestId(Uuid::new_v4());
    let new = store::NewRequest { id, resource, asked, held, reason };
    store::request_insert(&mut tx, caller, &new, core.clock.now()).await.map_err(|error| {
        if is_unique(&error, "quota_request.project_id") {
            Error::field("resource", Why::AskedAlready)
        } else {
            StoreError(error).into()
        }
    })?;
    done(&mut tx, core, caller, "quota_request_create", (&id.to_string(), resource.as_str()), Some(caller.project))
        .await?;
    tx.commit().await.map_err(StoreError)?;
    announce(core, caller, id, caller.project);
    Ok(id)
}

/// The project hears of it, and so do administrators wherever they are.
fn announce(core: &Core, caller: &Caller, id: QuotaRequestId, project: api::ProjectId) {
    core.hub.changed(Kind::Quota, id, project);
    core.hub.changed(Kind::Quota, id, None);
    operation::announce(core, caller.project);
}

pub async fn list(core: &Core, caller: &Caller, all: bool, query: &ListQuery) -> Result<Page<QuotaRequest>> {
    let of = if all {
        store::Of::Reached(authz::reach(caller, Action::ReadQuotas)?)
    } else {
        authz::require(caller, Action::Read)?;
        store::Of::Project(caller.project)
    };
    Ok(store::request_list(core.db.read(), of, query).await?)
}

pub async fn decide(core: &Core, caller: &Caller, id: QuotaRequestId, approve: bool, answer: &str) -> Result<()> {
    authz::require(caller, Action::ManageQuotas)?;
    let answer = text(answer).map_err(|why| Error::field("reply", why))?;
    let now = core.clock.now();
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    let found = store::request_find(&mut tx, id).await?.ok_or_else(|| Error::not_found(Kind::Quota, id))?;
    if found.state != RequestState::Open {
        return Err(Error::Conflict(Conflict::Answered));
    }
    let state = if approve { RequestState::Approved } else { RequestState::Refused };
    store::request_decide(&mut tx, id, state, answer, &caller.user_name, now).await?;
    if approve {
        super::set(&mut tx, found.project, found.resource, found.asked).await?;
    }
    let verb = if approve { "quota_request_approve" } else { "quota_request_refuse" };
    done(&mut tx, core, caller, verb, (&id.to_string(), &found.project_name), Some(found.project)).await?;
    tx.commit().await.map_err(StoreError)?;
    announce(core, caller, id, found.project);
    Ok(())
}
