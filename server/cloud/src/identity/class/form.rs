//! What the forms of a class say: what its seats may use, and who teaches it.

use super::ClassService;
use crate::authz::{self, Action};
use crate::identity::change::Change;
use crate::identity::store;
use crate::{image, quota};
use api::error::Faults;
use api::quota::Resource;
use api::{DomainId, FlavorId, ImageId, Kind, Result, UserId, Why};
use std::collections::BTreeMap;

/// The users that are named, or whoever fills in the form. Those who teach it already are known by their names wherever they are from.
pub(super) async fn teachers(
    change: &mut Change<'_>,
    domain: DomainId,
    names: &str,
    known: &[(UserId, String)],
    faults: &mut Faults,
) -> Result<Vec<UserId>> {
    let mut teachers = Vec::new();
    for text in names.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let user = match known.iter().find(|(_, name)| name == text) {
            Some((user, _)) => Ok(*user),
            None => {
                let found = store::user::named(&mut change.tx, domain, text).await?;
                let found = found.filter(|(_, of)| change.reach.covers(*of));
                found.map(|(user, _)| user).ok_or(Why::NoUser { name: text.to_owned() })
            }
        };
        if let Some(user) = faults.take("teachers", user)
            && !teachers.contains(&user)
        {
            teachers.push(user);
        }
    }
    Ok(if teachers.is_empty() { vec![change.caller.user] } else { teachers })
}

/// The limits that were given. Who may not change quotas may not give more than everybody has, but may leave what somebody else has given.
pub(super) async fn limits(
    change: &mut Change<'_>,
    given: &BTreeMap<String, String>,
    before: &BTreeMap<String, i64>,
    faults: &mut Faults,
) -> Result<BTreeMap<String, i64>> {
    let any = authz::require(change.caller, Action::ManageQuotas).is_ok();
    let mut limits = BTreeMap::new();
    for resource in Resource::ALL {
        let key = resource.as_str();
        let Some(text) = given.get(key).filter(|text| !text.trim().is_empty()) else { continue };
        let standard = quota::standard(&mut change.tx, resource).await?;
        let within = |max: i64| {
            let is_given = any || standard < 0 || (0..=standard).contains(&max) || before.get(key) == Some(&max);
            if is_given { Ok(max) } else { Err(Why::Range { min: 0, max: standard }) }
        };
        if let Some(max) = faults.take(&format!("limits[{key}]"), quota::parse(text).and_then(within)) {
            limits.insert(key.to_owned(), max);
        }
    }
    Ok(limits)
}

/// The images that were chosen: of those that everybody may use, and of those that stood in the list before.
pub(super) async fn images(
    change: &mut Change<'_>,
    texts: &[String],
    before: &[ImageId],
    faults: &mut Faults,
) -> Result<Vec<ImageId>> {
    let chosen: Vec<ImageId> = faults.take("images", chosen(texts, Kind::Image)).unwrap_or_default();
    let there = image::of_everybody(&mut change.tx).await?;
    if !chosen.iter().all(|id| before.contains(id) || there.iter().any(|(is, _)| is == id)) {
        faults.add("images", Why::Gone { kind: Kind::Image });
    }
    Ok(chosen)
}

impl ClassService {
    pub(super) async fn chosen_flavors(&self, texts: &[String], faults: &mut Faults) -> Result<Vec<FlavorId>> {
        let chosen: Vec<FlavorId> = faults.take("flavors", chosen(texts, Kind::Flavor)).unwrap_or_default();
        let there = self.compute.flavors().await?;
        if !chosen.iter().all(|id| there.iter().any(|flavor| flavor.id == *id)) {
            faults.add("flavors", Why::Gone { kind: Kind::Flavor });
        }
        Ok(chosen)
    }
}

fn chosen<T: std::str::FromStr + PartialEq>(texts: &[String], kind: Kind) -> std::result::Result<Vec<T>, Why> {
    let mut chosen = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let id: T = text.trim().parse().map_err(|_| Why::Gone { kind })?;
        if !chosen.contains(&id) {
            chosen.push(id);
        }
    }
    Ok(chosen)
}
