//! Changing a class that is there: who teaches it, and what its seats may use. It holds in every seat's project with the same transaction;
//! seats that are still to be made read it when their turn comes.

use super::{ClassService, form, template};
use crate::authz::Action;
use crate::identity::change::Change;
use crate::identity::store;
use crate::identity::store::class::Template;
use crate::identity::store::seat::SeatRow;
use crate::{image, quota};
use api::class::ClassForm;
use api::error::{Conflict, Faults};
use api::quota::Resource;
use api::{Caller, ClassId, Error, ImageId, Kind, Name, ProjectId, Result, Role};

impl ClassService {
    pub(super) async fn update(&self, caller: &Caller, id: ClassId, new: ClassForm) -> Result<()> {
        let mut change = Change::begin(&self.core, caller, Action::ManageClasses).await?;
        let class = self.find(&mut change.tx, caller, id, true).await?;
        if !change.reach.covers(class.domain) {
            // Who teaches it here may make classes elsewhere.
            return Err(Error::Forbidden { needs: Role::Admin.to_string() });
        }
        let was = template(&mut change.tx, id).await?;
        if was.removal.is_some() {
            return Err(Error::Conflict(Conflict::BeingRemoved { kind: Kind::Class }));
        }
        let mut faults = Faults::default();
        faults.take("description", api::name::line(new.description.trim(), Name::MAX));
        let known = store::class::teachers(&mut change.tx, id).await?;
        let teachers = form::teachers(&mut change, was.domain, &new.teachers, &known, &mut faults).await?;
        let limits = form::limits(&mut change, &new.limits, &was.limits, &mut faults).await?;
        let listed = store::class::images(&mut change.tx, id).await?;
        // A deleted one may stand there until its data has gone.
        let listed = image::names(&mut change.tx, &listed).await?;
        let had_images: Vec<ImageId> = listed.into_iter().map(|(image, _)| image).collect();
        let had_flavors = store::class::flavors(&mut change.tx, id).await?;
        let images = form::images(&mut change, &new.images, &had_images, &mut faults).await?;
        let flavors = self.chosen_flavors(&new.flavors, &mut faults).await?;
        faults.finish()?;

        // A list whose last image has been deleted has nothing to be unchecked: that nothing is checked does not open it.
        let only_images = !images.is_empty() || (was.only_images && had_images.is_empty());
        let only_flavors = !flavors.is_empty() || (was.only_flavors && had_flavors.is_empty());
        let is = Template { teachers, limits, only_images, only_flavors, ..was.clone() };
        store::class::update(&mut change.tx, &is, new.description.trim()).await?;
        store::class::teachers_set(&mut change.tx, id, &is.teachers).await?;
        store::class::images_set(&mut change.tx, id, &images).await?;
        store::class::flavors_set(&mut change.tx, id, &flavors).await?;
        let seats = store::seat::of_class(&mut change.tx, id).await?;
        let projects: Vec<ProjectId> = seats.iter().filter_map(|seat| seat.project).collect();
        teach(&mut change, &was, &is, &seats).await?;
        limit(&mut change, &was, &is, &projects).await?;
        change.done("class_update", Kind::Class, id, &is.name).await?;
        change.commit().await?;

        self.announce(id, &is.teachers);
        let mut kinds = Vec::new();
        kinds.extend((was.limits != is.limits).then_some(Kind::Quota));
        kinds.extend((had_images != images || was.only_images != is.only_images).then_some(Kind::Image));
        kinds.extend((had_flavors != flavors || was.only_flavors != is.only_flavors).then_some(Kind::Flavor));
        for project in projects {
            for kind in &kinds {
                self.core.hub.changed(*kind, project, project);
            }
        }
        Ok(())
    }
}

/// Who teaches no more leaves the seats' projects, and who teaches now enters them.
async fn teach(change: &mut Change<'_>, was: &Template, is: &Template, seats: &[SeatRow]) -> Result<()> {
    let now = change.now;
    for teacher in was.teachers.iter().filter(|teacher| !is.teachers.contains(teacher)) {
        store::class::unteach(&mut change.tx, is.id, *teacher).await?;
        let own = seats.iter().filter(|seat| seat.user == Some(*teacher)).filter_map(|seat| seat.project);
        for project in own {
            // A student who has helped is a student again.
            store::assignment::set(&mut change.tx, *teacher, project, Role::Member, now).await?;
        }
        change.touch(Kind::User, teacher);
    }
    for teacher in is.teachers.iter().filter(|teacher| !was.teachers.contains(teacher)) {
        for project in seats.iter().filter_map(|seat| seat.project) {
            store::assignment::set(&mut change.tx, *teacher, project, Role::Manager, now).await?;
        }
        change.touch(Kind::User, teacher);
    }
    Ok(())
}

/// Only what the form has changed: what somebody has given a single seat otherwise stays.
async fn limit(change: &mut Change<'_>, was: &Template, is: &Template, projects: &[ProjectId]) -> Result<()> {
    for resource in Resource::ALL {
        let (before, after) = (was.limits.get(resource.as_str()), is.limits.get(resource.as_str()));
        if before == after {
            continue;
        }
        for project in projects {
            match after {
                Some(max) => quota::set(&mut change.tx, *project, resource, *max).await?,
                None => quota::unset(&mut change.tx, *project, resource).await?,
            }
        }
    }
    Ok(())
}
