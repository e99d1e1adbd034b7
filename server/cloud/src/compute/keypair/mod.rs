//! Key pairs: a user's own, in whichever project. The private half is made here, handed over once and forgotten.

mod key;
mod store;

use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::is_unique;
use crate::fault::{StoreError, incident};
use crate::{operation, quota};
use api::compute::{KeyType, Keypair, NewKeypair};
use api::error::Faults;
use api::quota::Resource;
use api::{Caller, Error, KeypairId, Kind, ListQuery, Name, Page, Result, Why};
use key::Public;
use uuid::Uuid;

pub(super) use store::find;

pub async fn list(core: &Core, caller: &Caller, query: &ListQuery) -> Result<Page<Keypair>> {
    authz::require(caller, Action::OwnKeypair)?;
    Ok(store::list(core.db.read(), caller.user, query).await?)
}

pub async fn show(core: &Core, caller: &Caller, id: KeypairId) -> Result<Keypair> {
    authz::require(caller, Action::OwnKeypair)?;
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    find(&mut db, caller.user, id).await?.ok_or_else(|| Error::not_found(Kind::Keypair, id))
}

pub async fn create(core: &Core, caller: &Caller, name: &str, kind: KeyType) -> Result<NewKeypair> {
    authz::require(caller, Action::OwnKeypair)?;
    let name = Name::parse(name).map_err(|why| Error::field("name", why))?;
    let comment = name.to_string();
    let made = tokio::task::spawn_blocking(move || key::generate(kind, &comment)).await;
    let (public, private_key) =
        made.map_err(|error| incident("key thread", &error))?.map_err(|error| incident("key generation", &error))?;
    let keypair = keep(core, caller, "keypair_create", &name, &public).await?;
    Ok(NewKeypair { keypair, private_key })
}

pub async fn import(core: &Core, caller: &Caller, name: &str, public_key: &str) -> Result<Keypair> {
    authz::require(caller, Action::OwnKeypair)?;
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(name));
    let public = faults.take("public_key", key::parse(public_key));
    faults.finish()?;
    match (name, public) {
        (Some(name), Some(public)) => keep(core, caller, "keypair_import", &name, &public).await,
        _ => Err(Error::field("name", Why::Required)),
    }
}

async fn keep(core: &Core, caller: &Caller, verb: &str, name: &Name, public: &Public) -> Result<Keypair> {
    let id = KeypairId(Uuid::new_v4());
    let now = core.clock.now();
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    quota::require(&mut tx, caller.project, caller.user, &[(Resource::KeyPairs, 1)]).await?;
    store::insert(&mut tx, id, caller.user, name.as_str(), public, now).await.map_err(|error| {
        let taken = is_unique(&error, "keypair.user_id, keypair.name");
        if taken { Error::field("name", Why::Taken { kind: Kind::Keypair }) } else { StoreError(error).into() }
    })?;
    let target = operation::Target { kind: Kind::Keypair, id: &id.to_string(), name: name.as_str() };
    operation::done(&mut tx, caller, verb, target, now).await?;
    tx.commit().await.map_err(StoreError)?;
    announce(core, caller, id);
    Ok(Keypair {
        id,
        name: name.to_string(),
        algorithm: public.algorithm.clone(),
        fingerprint: public.fingerprint.clone(),
        public_key: public.line.clone(),
        created_at: now,
    })
}

pub async fn delete(core: &Core, caller: &Caller, id: KeypairId) -> Result<()> {
    authz::require(caller, Action::OwnKeypair)?;
    let now = core.clock.now();
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    let keypair = find(&mut tx, caller.user, id).await?.ok_or_else(|| Error::not_found(Kind::Keypair, id))?;
    store::delete(&mut tx, id).await?;
    let target = operation::Target { kind: Kind::Keypair, id: &id.to_string(), name: &keypair.name };
    operation::done(&mut tx, caller, "keypair_delete", target, now).await?;
    tx.commit().await.map_err(StoreError)?;
    announce(core, caller, id);
    Ok(())
}

fn announce(core: &Core, caller: &Caller, id: KeypairId) {
    core.hub.changed(Kind::Keypair, id, caller.project);
    operation::announce(core, caller.project);
}
