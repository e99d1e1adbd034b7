//! Imports: an image's data is fetched from elsewhere, as work of the reconciler. What has come outlives the program and the connection:
//! it is gone on with where the other side knows how to.

mod address;
pub mod catalogue;
mod web;

pub use web::{Resolve, Web};

use super::checksum::Checksum;
use super::chunks::intake;
use super::file::{self, Incoming};
use super::intake::{Intake, on_disk};
use super::reconcile;
use super::service::{self, ImageService};
use super::store::{self, NewTransfer, Transfer, TransferKind};
use super::upload::{self, Entry};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use crate::operation;
use api::error::Faults;
use api::image::{NewImport, Visibility};
use api::{Caller, Error, ImageId, Result, Why};
use reqwest::{Response, StatusCode, header};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use web::{Fault, strong_etag};

/// Bytes that are counted, hashed and written at a time.
const BATCH: usize = 1 << 20;
/// The largest file, in bytes: Glance's `image_size_cap`. The project's quota usually ends before.
const SIZE_MAX: u64 = 1 << 40;
/// Failures without a byte in between, after which an import is given up.
const ATTEMPTS: i64 = 6;
/// What the second failure waits for; each further one waits twice as long.
const RETRY: Duration = Duration::from_secs(5);

impl ImageService {
    /// Registers an image whose data the reconciler then fetches. `properties` are those that are known of it beforehand.
    pub(super) async fn begin_import(
        &self,
        caller: &Caller,
        new: NewImport,
        properties: Vec<(&str, String)>,
    ) -> Result<ImageId> {
        authz::require(caller, Action::Write)?;
        let mut faults = Faults::default();
        let url = faults.take("url", web::parse(&new.url));
        let beside = match new.checksum_url.trim() {
            "" => Some(None),
            text => faults.take("checksum_url", web::parse(text)).map(Some),
        };
        let mut image = new.image;
        if image.name.trim().is_empty()
            && let Some(url) = &url
        {
            image.name = file_name(url).to_owned();
        }
        let form = faults.take_all(service::read(image))?;
        let (Some(form), Some(url), Some(beside)) = (form, url, beside) else {
            return Err(Error::field("url", Why::Required));
        };
        if form.visibility == Visibility::Public {
            authz::require(caller, Action::PublishImage)?;
        }
        // What is refused by its looks is said at once; names are judged when they are resolved.
        for (field, url) in [("url", Some(&url)), ("checksum_url", beside.as_ref())] {
            if let Some(fault) = self.refused_by_looks(url).await {
                return Err(Error::field(field, fault));
            }
        }
        let transfer = NewTransfer {
            checksum: form.checksum.as_ref().map(|sum| sum.hex().to_owned()).unwrap_or_default(),
            kind: TransferKind::Import,
            source: url.into(),
            checksum_url: beside.map(String::from).unwrap_or_default(),
            ..NewTransfer::default()
        };
        let id = ImageId::from(uuid::Uuid::new_v4());
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        upload::enter(&self.core, &mut tx, caller, id, &form, "image_import").await?;
        store::set_properties(&mut tx, id, &properties).await?;
        store::transfer::begin(&mut tx, id, caller.user, &transfer, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.poke();
        let audience = (form.visibility == Visibility::Private).then_some(caller.project);
        self.core.hub.changed(api::Kind::Image, id, audience);
        operation::announce(&self.core, caller.project);
        Ok(id)
    }

    async fn refused_by_looks(&self, url: Option<&Url>) -> Option<Why> {
        let url = url.filter(|url| !matches!(url.host(), Some(url::Host::Domain(_))))?;
        self.web.judged(url).await.err().and_then(|fault| fault.error.of_field("file").cloned())
    }

    /// Part of a pass: starts what may go on and is not under way.
    pub(super) async fn go_on_importing(&self) -> Result<()> {
        let due = async || store::transfer::imports(self.core.db.read(), self.core.clock.now()).await;
        let idle = due().await?.into_iter().filter_map(|due| Some((due.image, self.uploads.try_enter(due.image)?)));
        let mut idle: HashMap<ImageId, Entry> = idle.collect();
        if idle.is_empty() {
            return Ok(());
        }
        // Read again, now that nobody else works on them: one that has ended meanwhile would be fetched once more.
        for transfer in due().await? {
            if let Some(entry) = idle.remove(&transfer.image) {
                let import = Import {
                    core: self.core.clone(),
                    web: self.web.clone(),
                    intake: intake(&self.core, &transfer),
                    begun: transfer.size,
                    transfer,
                };
                tokio::spawn(import.run(entry));
            }
        }
        Ok(())
    }

    /// How long nothing has to be done for imports.
    pub(super) async fn until_next_import(&self) -> Duration {
        match store::transfer::next_import(self.core.db.read()).await {
            Ok(Some(at)) => Duration::from_micros((at - self.core.clock.now()).max(100_000) as u64),
            _ => Duration::MAX,
        }
    }
}

/// The last part of an address's path.
fn file_name(url: &Url) -> &str {
    url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default()
}

struct Import {
    core: Arc<Core>,
    web: Arc<Web>,
    intake: Intake,
    transfer: Transfer,
    /// What was there when this attempt began.
    begun: u64,
}

impl Import {
    async fn run(mut self, entry: Entry) {
        let ended = tokio::select! {
            () = entry.cancelled.cancelled() => Err(Fault::from(self.intake.gone())),
            ended = self.fetch() => ended,
        };
        let id = self.intake.id;
        let written = match ended {
            Ok(()) => Ok(()),
            Err(Fault { error: error @ Error::NotFound { .. }, .. }) => {
                reconcile::discard(&self.core, id, &error).await
            }
            Err(fault) => {
                let attempts = if self.intake.received > self.begun { 1 } else { self.transfer.attempts + 1 };
                tracing::info!(image = %id, error = %fault.error, attempts, "an import failed");
                if fault.passing && attempts < ATTEMPTS {
                    self.later(attempts).await
                } else {
                    self.kill(&fault.error).await
                }
            }
        };
        if let Err(error) = written {
            tracing::warn!(image = %id, %error, "the end of an import could not be written down");
        }
        self.intake.tell();
    }

    /// Fetches what is missing and makes the image active.
    async fn fetch(&mut self) -> std::result::Result<(), Fault> {
        let url = web::parse(&self.transfer.url).map_err(Fault::lasting)?;
        let checksum = self.checksum(&url).await?;
        let (data, id, counted) = (self.core.data.clone(), self.intake.id, self.intake.received);
        let mut file = on_disk(move || Incoming::resume(&data, id, counted)).await?;
        self.intake.rewind(file.len()).await?;
        self.begun = file.len();

        let mut response = self.web.get(&url, file.len(), &self.transfer.etag).await?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            // What is here is not a beginning of what is there.
            response = self.web.get(&url, 0, "").await?;
        }
        if first(&response) != file.len() {
            file = on_disk(move || file.truncate(0).map(|()| file)).await?;
            self.intake.rewind(0).await?;
        }
        if first(&response) != file.len() {
            return Err(Fault::passing(url.host_str().unwrap_or_default(), "the answer is another part of the file"));
        }
        self.announced(&response, file.len()).await?;
        let file = self.receive(&url, response, file).await?;
        Ok(self.intake.finish(file, checksum).await?)
    }

    /// What was given, or what the list says.
    async fn checksum(&self, url: &Url) -> std::result::Result<Option<Checksum>, Fault> {
        if self.transfer.checksum_url.is_empty() {
            return Checksum::parse(&self.transfer.checksum).map_err(Fault::lasting);
        }
        let beside = web::parse(&self.transfer.checksum_url).map_err(Fault::lasting)?;
        let list = self.web.text(&beside).await?;
        let missing = || Why::NoChecksum { url: beside.to_string(), name: file_name(url).to_owned() };
        Checksum::find(&list, file_name(url)).map(Some).ok_or_else(|| Fault::lasting(missing()))
    }

    /// Refuses at once what will be too much by the sender's own word.
    async fn announced(&mut self, response: &Response, from: u64) -> std::result::Result<(), Fault> {
        let expected = response.content_length().map(|rest| rest.saturating_add(from));
        self.intake.expected = expected;
        if let Some(is) = expected.filter(|expected| *expected > SIZE_MAX) {
            return Err(Fault::lasting(Why::TooLarge { max: SIZE_MAX, is }));
        }
        let mut tx = self.core.db.begin().await.map_err(StoreError).map_err(Error::from)?;
        self.intake.require_quota(&mut tx, expected.unwrap_or(0).saturating_sub(from)).await?;
        store::transfer::expect(&mut tx, self.intake.id, expected, &strong_etag(response))
            .await
            .map_err(Error::from)?;
        tx.commit().await.map_err(StoreError).map_err(Error::from)?;
        self.intake.tell();
        Ok(())
    }

    async fn receive(
        &mut self,
        url: &Url,
        mut response: Response,
        mut file: Incoming,
    ) -> std::result::Result<Incoming, Fault> {
        let host = url.host_str().unwrap_or_default();
        loop {
            let (mut batch, mut ended) = (Vec::with_capacity(BATCH), Ok(false));
            while batch.len() < BATCH {
                match response.chunk().await {
                    Ok(Some(piece)) => batch.extend_from_slice(&piece),
                    Ok(None) => ended = Ok(true),
                    Err(error) => ended = Err(Fault::passing(host, error)),
                }
                if !matches!(ended, Ok(false)) {
                    break;
                }
            }
            let len = batch.len() as u64;
            if file.len() + len > SIZE_MAX {
                return Err(Fault::lasting(Why::TooLarge { max: SIZE_MAX, is: file.len() + len }));
            }
            // What has come before the connection broke is kept.
            self.intake.count(len).await?;
            file = on_disk(move || file.append(&batch).map(|()| file)).await?;
            if ended? {
                break;
            }
        }
        match self.intake.expected {
            Some(expected) if file.len() < expected => Err(Fault::passing(host, "the file ended early")),
            _ => Ok(file),
        }
    }

    async fn later(&mut self, attempts: i64) -> Result<()> {
        self.intake.settle().await?;
        // The first time it is tried again at once: connections break.
        let wait = if attempts <= 1 { Duration::ZERO } else { RETRY * 2_u32.pow((attempts - 2) as u32) };
        let at = self.core.clock.now() + wait.as_micros() as i64;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::transfer::retry(&mut tx, self.intake.id, attempts, at).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// The image stays, with the reason, until somebody deletes it; its data does not.
    async fn kill(&self, error: &Error) -> Result<()> {
        let now = self.core.clock.now();
        let why = error.of_field("file").map_or_else(|| error.to_string(), ToString::to_string);
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::transfer::kill(&mut tx, self.intake.id, &why, now).await?;
        store::transfer::end(&mut tx, self.intake.id).await?;
        operation::end(&mut tx, self.intake.operation, Some(error), now).await?;
        tx.commit().await.map_err(StoreError)?;
        let incoming = file::incoming(&self.core.data, self.intake.id);
        on_disk(move || file::remove(&incoming)).await
    }
}

/// The byte that the answer begins with.
fn first(response: &Response) -> u64 {
    if response.status() != StatusCode::PARTIAL_CONTENT {
        return 0;
    }
    let range = response.headers().get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let first = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse().ok());
    // An answer that does not say is none that can be used.
    first.unwrap_or(u64::MAX)
}
