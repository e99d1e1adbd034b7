//! What flavors and instances carry besides what they are: Nova's extra specs and metadata.

use super::service::ComputeService;
use super::store;
use crate::authz::{self, Action};
use crate::fault::StoreError;
use crate::metadef;
use crate::operation::{self, Target};
use api::error::{Conflict, Faults};
use api::metadef::{Carrier, Properties, PropertyChange};
use api::{Caller, Error, Result};
use sqlx::SqliteConnection;

impl ComputeService {
    pub(super) async fn properties(&self, caller: &Caller, of: Carrier) -> Result<Properties> {
        authz::require(caller, Action::Read)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let (name, _) = named(&mut db, caller, of).await?;
        let values = store::properties(&mut db, of).await?;
        Ok(Properties { name, values, namespaces: metadef::namespaces(of.resource())? })
    }

    pub(super) async fn set_properties(&self, caller: &Caller, of: Carrier, change: PropertyChange) -> Result<()> {
        let (action, verb) = match of {
            Carrier::Flavor(_) => (Action::ManageFlavors, "flavor_properties_set"),
            Carrier::Instance(_) => (Action::Write, "instance_properties_set"),
        };
        authz::require(caller, action)?;
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        let (name, id) = named(&mut tx, caller, of).await?;
        let namespaces = metadef::namespaces(of.resource())?;
        let mut faults = Faults::default();
        let values = metadef::change::read(&change.properties, &change.others, &namespaces, &[], &mut faults);
        faults.finish()?;
        // Browsers send line ends as CRLF.
        if Properties::seen(&store::properties(&mut tx, of).await?) != change.seen.replace("\r\n", "\n") {
            return Err(Error::Conflict(Conflict::Changed { kind: of.kind() }));
        }
        store::properties_replace(&mut tx, of, &values).await?;
        operation::done(&mut tx, caller, verb, Target { kind: of.kind(), id: &id, name: &name }, now).await?;
        tx.commit().await.map_err(StoreError)?;
        let audience = matches!(of, Carrier::Instance(_)).then_some(caller.project);
        self.core.hub.changed(of.kind(), id, audience);
        operation::announce(&self.core, caller.project);
        Ok(())
    }
}

/// Its name and its id, if the caller may see it.
async fn named(db: &mut SqliteConnection, caller: &Caller, of: Carrier) -> Result<(String, String)> {
    let (name, id) = match of {
        Carrier::Flavor(id) => {
            (store::flavor_find(db, caller.project, id).await?.map(|flavor| flavor.name), id.to_string())
        }
        Carrier::Instance(id) => (store::instance(db, caller.project, id).await?.map(|row| row.name), id.to_string()),
    };
    name.map(|name| (name, id.clone())).ok_or_else(|| Error::not_found(of.kind(), id))
}
