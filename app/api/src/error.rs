//! What can go wrong, said so that the person reading knows what failed, why, and what to do.
//!
//! The type is transport-free: HTTP status codes are chosen at the very last step, by the edge. `Display` is the English text; the
//! console translates by matching on the variants, so nothing here carries a ready-made sentence that another language could not say.
//! A thing that the caller may not see is `NotFound`, never `Forbidden`: its existence is nobody's business.

use crate::account::PasswordFault;
use crate::compute::Refusal;
use crate::event::Kind;
use crate::image::ImageRefusal;
use crate::provider::ProviderFault;
use serde::{Deserialize, Serialize};

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the caller may not see it.
    #[error("There is no {kind} “{name}” here. It may have been deleted, or it belongs to another project.")]
    NotFound { kind: Kind, name: String },
    /// Another thing stands in the way: a name that is taken, something still in use.
    #[error("{0}")]
    Conflict(Conflict),
    /// What was sent cannot be used; one entry per field, so that a form can show each beside its input.
    #[error("{}", summary(.0))]
    Invalid(Vec<Field>),
    /// The thing's state does not allow the verb now.
    #[error("{0}")]
    Refused(Refusal),
    /// The project's limit would be passed.
    #[error(
        "The project's quota does not allow this: {asked} more {what} asked for, {used} of {limit} used. Delete something, or ask an administrator for a larger quota."
    )]
    Quota { what: String, limit: i64, used: i64, asked: i64 },
    /// Nobody is signed in, or the session has ended.
    #[error("Sign in to go on.")]
    Unauthenticated,
    /// The caller is known and may see the thing, but the role does not allow this.
    #[error("Your role in this project does not allow this. It takes the role {needs}.")]
    Forbidden { needs: String },
    /// What stands in for a user may not make another that does.
    #[error("An application credential that is restricted cannot do this. Sign in as yourself.")]
    Delegated,
    /// Something this depends on does not answer. Trying again later may help.
    #[error("{what} does not answer now: {why}")]
    Unavailable { what: String, why: String },
    /// A fault of ours. The whole story stands in the log under the incident's id.
    #[error(
        "Something went wrong inside Offing. An administrator finds the cause in the log under incident {incident}."
    )]
    Internal { incident: String },
}

/// What stands in the way of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Conflict {
    #[error("There is already a {kind} named “{name}”. Choose another name.")]
    NameTaken { kind: Kind, name: String },
    #[error("The {kind} is still used by {by}. Remove that first.")]
    InUse { kind: Kind, by: String },
    #[error("The {kind} has changed since you opened this page. Look at it again, then repeat what you wanted to do.")]
    Changed { kind: Kind },
    #[error("This project has a starter network already.")]
    StarterExists,
    #[error("No address is free in {pool}. Release one, or ask an administrator for a larger range.")]
    NoFreeAddress { pool: String },
    #[error("{address} is taken on this network. Choose another address.")]
    AddressTaken { address: String },
    #[error("There is no external network. An administrator has to set one up first.")]
    NoExternalNetwork,
    #[error("The network has no router to the external network, so a floating IP cannot reach it.")]
    NotRouted,
    #[error("The external network belongs to the provider. It is changed where the server is configured, not here.")]
    ExternalNetwork,
    #[error("The default security group belongs to the project and cannot be deleted. Its rules can be changed.")]
    DefaultGroup,
    #[error("The security group has this rule already.")]
    RuleExists,
    #[error("Nobody would be left who can run the cloud. Give another user the role admin first.")]
    LastAdmin,
    #[error("There is no second factor, so there is nothing to recover. Set one up first.")]
    NoSecondFactor,
    #[error(
        "Passkeys belong to a host's name. Open the console by its name with https, or as localhost; an administrator sets it with --public-url."
    )]
    NoPasskeysHere,
    #[error("This domain has no provider to sign in with. Set one up first.")]
    NoProvider,
    #[error("You stand on this {kind} yourself. Ask another administrator, or do it from elsewhere.")]
    OwnGround { kind: Kind },
    #[error("The {kind} is enabled. Disable it first.")]
    StillEnabled { kind: Kind },
    #[error("The {kind} still has things of the kind {holds}: {count}. Remove them first.")]
    NotEmpty { kind: Kind, holds: Kind, count: u64 },
    #[error("This role belongs to every cloud and cannot be changed. Make one of your own that implies it.")]
    BuiltinRole,
    #[error("This project owns what belongs to the cloud itself, and stays.")]
    CloudProject,
    #[error("The {kind} is being removed.")]
    BeingRemoved { kind: Kind },
    #[error("The class has ended. Change its end first.")]
    ClassEnded,
    #[error("This project may use only the images that its class allows, and takes in no others.")]
    ImagesBound,
    #[error("Every seat of this class is taken. Ask your teacher.")]
    ClassFull,
    #[error("Somebody has answered this request already.")]
    Answered,
    #[error("A project below this one is enabled. Disable that first.")]
    EnabledBelow,
    #[error("The project above this one is disabled. Enable that first.")]
    DisabledAbove,
    /// The image's state does not allow it now.
    #[error("{0}")]
    Image(ImageRefusal),
    /// A chunk of an upload that is not the one that is due.
    #[error("The upload goes on at byte {offset}. Send it from there.")]
    Offset { offset: u64 },
    /// Of many things asked for at once, these could not be done.
    #[error("{}", partly(*done, failed))]
    Partly { done: usize, failed: Vec<Failed> },
}

/// One of many that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    pub name: String,
    pub error: Error,
}

fn partly(done: usize, failed: &[Failed]) -> String {
    let reasons: Vec<_> = failed.iter().map(|one| format!("{}: {}", one.name, one.error)).collect();
    format!("{done} done, {} not. {}", failed.len(), reasons.join(" "))
}

/// One field of a form and what is wrong with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The input's `name` in the form.
    pub name: String,
    pub why: Why,
}

/// What is wrong with a value, and what a good one would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Why {
    #[error("This is required.")]
    Required,
    #[error("At most {max} characters; this has {is}.")]
    TooLong { max: usize, is: usize },
    #[error("At most {max} bytes; this has {is}.")]
    TooLarge { max: u64, is: u64 },
    #[error("Use letters, digits, spaces and . _ - only.")]
    Characters,
    #[error("Line breaks and control characters are not allowed.")]
    ControlCharacters,
    #[error("This is not one of the choices.")]
    NotAChoice,
    #[error("There is no such {kind} any more. Choose another.")]
    Gone { kind: Kind },
    #[error("There is already a {kind} with this name.")]
    Taken { kind: Kind },
    #[error("More than one {kind} has this name. Pick one from the list, or give its ID.")]
    Ambiguous { kind: Kind },
    #[error("Not a network in CIDR form, such as 10.0.0.0/24.")]
    NotACidr,
    #[error("Not an IPv4 address, such as 10.0.0.1.")]
    NotAnAddress,
    #[error("The address is outside {cidr}.")]
    OutsideSubnet { cidr: String },
    #[error("{cidr} overlaps with {other}. Choose a range that is not in use here.")]
    Overlaps { cidr: String, other: String },
    #[error("A subnet needs between {min} and {max} as its prefix length.")]
    PrefixLength { min: u8, max: u8 },
    #[error("This range is reserved and cannot be used for a tenant network.")]
    ReservedRange,
    #[error("Only tcp and udp have ports. Leave this empty, or choose one of them.")]
    PortsWithoutProtocol,
    #[error("Give either a range or a security group, not both.")]
    TwoRemotes,
    #[error("A port lies between 1 and 65535, and the last one is not below the first.")]
    PortRange,
    #[error("Not a public key in OpenSSH form. It starts with ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa.")]
    NotAPublicKey,
    #[error(
        "Keys of the type {name} are not accepted. Use ed25519, ecdsa (nistp256, 384 or 521) or rsa of at least 2048 bits."
    )]
    KeyType { name: String },
    #[error("The image needs {needs} GiB of disk; this flavor has {has} GiB.")]
    DiskTooSmall { needs: u64, has: u64 },
    #[error("The image needs {needs} MiB of memory; this flavor has {has} MiB.")]
    MemoryTooSmall { needs: u64, has: u64 },
    #[error("The image is for {needs} processors; the hosts here have {has}.")]
    Architecture { needs: String, has: String },
    #[error("No host here can start an instance with UEFI. An administrator has to install OVMF there.")]
    NoUefi,
    #[error("{property}={value} cannot be given to an instance here.")]
    NoHardware { property: String, value: String },
    #[error("{property}={value} does not go with {other}.")]
    HardwareClash { property: String, value: String, other: String },
    #[error(
        "The {vcpus} vCPUs of this flavor cannot be arranged in sockets, cores and threads as the image and the flavor ask."
    )]
    Topology { vcpus: u32 },
    #[error("A role cannot imply itself, not even by way of others.")]
    Circle,
    #[error("Not an address for e-mail, such as ann@example.org.")]
    NotAnEmail,
    #[error("There is no user “{name}” here.")]
    NoUser { name: String },
    #[error("{used} are in use already.")]
    BelowUse { used: i64 },
    #[error("The limit is {limit} already. Ask for more than that.")]
    NotMore { limit: i64 },
    #[error("You have asked for this already. An administrator has to answer first.")]
    AskedAlready,
    #[error("This is not the name. Type “{name}”.")]
    NotTheName { name: String },
    #[error("Line {line}: {why}")]
    Line { line: usize, why: Box<Why> },
    #[error("This is not text in UTF-8. In the spreadsheet, save it as “CSV UTF-8”.")]
    Encoding,
    #[error("This code opens nothing, or nothing any more. Ask your teacher for a new one.")]
    Code,
    #[error("There were too many wrong codes from here. Try again in {minutes} minutes.")]
    TooManyCodes { minutes: u32 },
    #[error("A whole number, or −1 for no limit.")]
    NotALimit,
    #[error("Line {line}: write a service, a method and a path, such as compute GET /v2.1/servers.")]
    NotAnAccessRule { line: usize },
    #[error("Not a day such as 2030-12-31.")]
    NotADate,
    #[error("This is in the past already.")]
    Past,
    #[error("Between {min} and {max}.")]
    Range { min: i64, max: i64 },
    #[error("Not an issuer's address: it begins with https:// and has no query, user or password in it.")]
    NotAnIssuer,
    #[error("There is no group “{name}” in this domain.")]
    NoGroup { name: String },
    #[error("{0}")]
    Provider(ProviderFault),
    #[error("User name or password is wrong.")]
    Credentials,
    #[error("{0}")]
    Password(PasswordFault),
    #[error("At least {min} characters.")]
    TooShort { min: usize },
    #[error("{what}")]
    Image {
        /// The inspector's verdict, in full; English.
        what: String,
    },
    #[error("The quota for images is {limit} bytes, of which {used} are used; this file is larger than what is left.")]
    ImageQuota { limit: i64, used: i64 },
    #[error("The upload ended before the file was complete. Send it again.")]
    Incomplete,
    #[error("The server was restarted during the upload. Send it again.")]
    Restarted,
    #[error("The image store is full. Ask an administrator to make room, then send it again.")]
    StoreFull,
    #[error("An image that is {status} cannot be used. Choose an active one.")]
    NotActive { status: String },
    #[error("At most {max}; these are {is}.")]
    TooMany { max: usize, is: usize },
    #[error("Line {line}: write name=value.")]
    NotAProperty { line: usize },
    #[error(
        "“{name}” is not a property’s name: use letters, digits and . _ : - only, and no name that every image has by itself."
    )]
    PropertyName { name: String },
    #[error("{name}: {why}")]
    Property { name: String, why: Box<Why> },
    #[error("A whole number is needed.")]
    NotAnInteger,
    #[error("Choose at least one.")]
    NothingChosen,
    #[error("Not a checksum: MD5, SHA-256 and SHA-512 have 32, 64 and 128 hex digits.")]
    NotAChecksum,
    #[error(
        "The data is not what it ought to be: its checksum is {is}, not {expected}. Get it again from where it is sound."
    )]
    Checksum { expected: String, is: String },
    #[error("Not an address to fetch from: it begins with http:// or https://, and has no user or password in it.")]
    NotAUrl,
    #[error("{host} leads to {address}, which is not an address of the Internet. Such addresses are not fetched from.")]
    NotPublic { host: String, address: String },
    #[error("Only the ports 80 and 443 are fetched from, not {port}.")]
    Port { port: u16 },
    #[error("{host} could not be fetched from: {what}")]
    Fetch { host: String, what: String },
    #[error("This is not the file that the upload began with. Choose the same file.")]
    OtherFile,
    #[error("The list at {url} says nothing of {name}.")]
    NoChecksum { url: String, name: String },
}

impl Error {
    /// One field, one reason.
    pub fn field(name: &str, why: Why) -> Self {
        Self::Invalid(vec![Field { name: name.to_owned(), why }])
    }

    /// No such thing; `name` is the id or name that was asked for.
    pub fn not_found(kind: Kind, name: impl ToString) -> Self {
        Self::NotFound { kind, name: name.to_string() }
    }

    /// What is wrong with the field `name`, if this is about a form and that field is at fault.
    pub fn of_field(&self, name: &str) -> Option<&Why> {
        match self {
            Self::Invalid(fields) => fields.iter().find(|field| field.name == name).map(|field| &field.why),
            _ => None,
        }
    }

    /// The HTTP status that says this best. Nova answers 413 to a passed quota where Neutron says 409; 413 is the older and clearer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden { .. } | Self::Delegated => 403,
            Self::NotFound { .. } => 404,
            Self::Conflict(_) | Self::Refused(_) => 409,
            Self::Quota { .. } => 413,
            Self::Internal { .. } => 500,
            Self::Unavailable { .. } => 503,
        }
    }
}

fn summary(fields: &[Field]) -> String {
    match fields {
        [one] => format!("{}: {}", one.name, one.why),
        many => format!("{} fields need another value.", many.len()),
    }
}

/// Collects the faults of a form, so that all of them are shown at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Field>);

impl Faults {
    /// The value, or `None` with the fault kept under the field's name.
    pub fn take<T>(&mut self, name: &str, value: std::result::Result<T, Why>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(why) => {
                self.add(name, why);
                None
            }
        }
    }

    /// What another reader made of its part of the form; its faults join the others. All faults are the answer once there are any.
    pub fn take_all<T>(mut self, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(read) => self.finish().map(|()| Some(read)),
            Err(Error::Invalid(faults)) => {
                self.0.extend(faults);
                Err(Error::Invalid(self.0))
            }
            Err(other) => Err(other),
        }
    }

    pub fn add(&mut self, name: &str, why: Why) {
        self.0.push(Field { name: name.to_owned(), why });
    }

    /// All went well, or everything that did not.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }

    /// What was made of the form, unless there are faults; `None` says that its parts are missing because of one.
    pub fn finish_with<T>(self, value: Option<T>) -> Result<T> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Error::Invalid(self.0)),
        }
    }
}
