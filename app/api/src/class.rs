//! Classes: many users, each with a project, made from one template. Each such pair is a seat. Whoever teaches a class sees what its seats
//! run, opens their consoles, and gives everything back at the end.

use crate::account::QrCode;
use crate::compute::State;
use crate::directory::Holding;
use crate::quota::Resource;
use crate::{
    Caller, ClassId, DomainId, Error, FlavorId, ImageId, InstanceId, ListQuery, Micros, Page, ProjectId, Result,
    SeatId, UserId,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most seats of a class.
pub const SEATS_MAX: usize = 500;
/// So many where nobody says how many may join.
pub const JOIN_LIMIT: u32 = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    pub id: ClassId,
    pub domain: DomainId,
    pub domain_name: String,
    pub name: String,
    pub description: String,
    pub seats: u64,
    /// Seats that are being made, reset or removed.
    pub working: u64,
    /// Seats that could not be made.
    pub failed: u64,
    /// When its accounts end; `None`: never.
    pub expires_at: Option<Micros>,
    /// They have ended.
    pub expired: bool,
    /// It is going, with all that it holds.
    pub removing: bool,
    pub created_at: Micros,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassDetail {
    pub class: Class,
    pub teachers: Vec<(UserId, String)>,
    /// The limits that differ from the default.
    pub limits: Vec<(Resource, i64)>,
    /// The range of everybody's starter network.
    pub cidr: Option<String>,
    /// The only images that may be used; `None`: all.
    pub images: Option<Vec<(ImageId, String)>>,
    pub flavors: Option<Vec<(FlavorId, String)>>,
    /// With so many seats nobody joins any more; `None`: there is no code to join by.
    pub join_limit: Option<u32>,
    /// What its seats' projects hold in all; kinds of which there is nothing are left out.
    pub holdings: Vec<Holding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatState {
    Making,
    Ready,
    Failed,
    Resetting,
    Removing,
}

impl SeatState {
    pub const ALL: [SeatState; 5] = [Self::Making, Self::Ready, Self::Failed, Self::Resetting, Self::Removing];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Resetting => "resetting",
            Self::Removing => "removing",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Something is being done to it.
    pub fn is_moving(self) -> bool {
        matches!(self, Self::Making | Self::Resetting | Self::Removing)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub id: SeatId,
    pub name: String,
    /// `None`: gone by another way.
    pub user: Option<(UserId, String)>,
    pub project: Option<(ProjectId, String)>,
    pub state: SeatState,
    /// Why it could not be made.
    pub fault: Option<Error>,
    /// The code that its user sets a password with has not been used yet.
    pub unclaimed: bool,
    pub instances: Vec<SeatInstance>,
    pub created_at: Micros,
}

/// An instance as the teacher sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatInstance {
    pub id: InstanceId,
    pub name: String,
    pub state: State,
}

/// What the forms of a class have to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassChoices {
    /// Each resource with what holds if nothing is said.
    pub limits: Vec<(Resource, i64)>,
    pub images: Vec<(ImageId, String)>,
    pub flavors: Vec<(FlavorId, String)>,
}

/// What the form of a new class says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewClass {
    /// Empty: the domain of the project that the form was opened in.
    pub domain: String,
    pub name: String,
    pub description: String,
    /// A name on each line, or `name,user name,e-mail`.
    pub roster: String,
    /// Users, separated by commas; empty: whoever makes it.
    pub teachers: String,
    /// Limits by the resource's key; empty ones stay at the default.
    pub limits: BTreeMap<String, String>,
    /// Empty: no starter network.
    pub cidr: String,
    /// None: all.
    pub images: Vec<String>,
    pub flavors: Vec<String>,
    /// A day; empty: never.
    pub expires: String,
}

/// What the form of a class that is there says. It holds for every seat at once, and for those that are made later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassForm {
    pub description: String,
    /// Users, separated by commas; empty: whoever changes it.
    pub teachers: String,
    /// Limits by the resource's key; empty ones are at the default again.
    pub limits: BTreeMap<String, String>,
    /// None: all; but a list whose last image has been deleted still allows none.
    pub images: Vec<String>,
    pub flavors: Vec<String>,
}

/// The codes that seats' users set their first password with: shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub class: ClassId,
    pub class_name: String,
    pub lines: Vec<SheetLine>,
    /// The same as a file for a spreadsheet.
    pub csv: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetLine {
    pub name: String,
    pub user_name: String,
    /// Where the password is set.
    pub url: String,
}

/// What anybody joins a class by: shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinCode {
    pub url: String,
    pub qr: QrCode,
}

/// What a code opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Joining {
    /// A seat of one's own in the class.
    Class { class: String, full: bool },
    /// The first password of a user that is there already.
    Seat { class: String, name: String, user_name: String },
}

/// What the page behind a code shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinShown {
    /// `None`: nobody has asked.
    pub joining: Option<Result<Joining>>,
    /// Why the form was refused, and the name that was in it.
    pub error: Option<Error>,
    pub name: String,
}

/// What the form behind a code says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct JoinForm {
    /// Of a class's code only: a seat's has a name already.
    pub name: String,
    pub password: String,
    pub again: String,
}

/// Classes, for those who make them and for those who teach them.
#[async_trait]
pub trait Classes: Send + Sync {
    /// All that the caller may see, or teaches. Sort keys: `name`, `domain`, `expires`, `created`.
    async fn class_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Class>>;
    async fn class_show(&self, caller: &Caller, id: ClassId) -> Result<ClassDetail>;
    async fn class_form(&self, caller: &Caller) -> Result<ClassChoices>;
    /// Everything is there when the operation has ended; the codes are good at once. `base` is where browsers find the cloud.
    async fn class_create(&self, caller: &Caller, new: NewClass, base: &str) -> Result<Sheet>;
    /// For whoever may make classes: teachers change neither what may be used nor who else teaches.
    async fn class_update(&self, caller: &Caller, id: ClassId, form: ClassForm) -> Result<()>;
    /// Empties every seat's project and makes the starter network anew; users stay.
    async fn class_reset(&self, caller: &Caller, id: ClassId) -> Result<()>;
    /// With all users, projects and what they hold. `name` is the class's, typed to confirm.
    async fn class_remove(&self, caller: &Caller, id: ClassId, name: &str) -> Result<()>;
    /// The accounts end at the end of that day; empty is never.
    async fn class_extend(&self, caller: &Caller, id: ClassId, expires: &str) -> Result<()>;
    /// A new code to join by in place of the last; so many seats the class has at most.
    async fn class_join_open(&self, caller: &Caller, id: ClassId, limit: &str, base: &str) -> Result<JoinCode>;
    async fn class_join_close(&self, caller: &Caller, id: ClassId) -> Result<()>;

    /// With what their projects run. Sort keys: `name`, `state`, `created`.
    async fn seat_list(&self, caller: &Caller, class: ClassId, query: &ListQuery) -> Result<Page<Seat>>;
    async fn seat_create(&self, caller: &Caller, class: ClassId, roster: &str, base: &str) -> Result<Sheet>;
    async fn seat_reset(&self, caller: &Caller, id: SeatId) -> Result<()>;
    /// With its user, its project and what they hold. `name` is the seat's, typed to confirm.
    async fn seat_remove(&self, caller: &Caller, id: SeatId, name: &str) -> Result<()>;
    /// A new code to set the password with, for whoever has lost the code or forgotten the password; signs the user out.
    async fn seat_code_renew(&self, caller: &Caller, id: SeatId, base: &str) -> Result<Sheet>;

    /// What the code opens; nothing is told of one that is unknown, used, withdrawn or too late but that it opens nothing.
    async fn join_show(&self, code: &str, address: &str) -> Result<Joining>;
    /// Answers with the name to sign in with.
    async fn join(&self, code: &str, form: JoinForm, address: &str, request: &str) -> Result<String>;
}
