//! The students' side: a code that sets the first password of a seat, and a code that anybody joins the class by.
//!
//! Codes have 80 random bits and are kept as hashes. One that is unknown, used, withdrawn or too late is answered alike. Who tries many
//! is made to wait: not because a code could be guessed, but so that nobody makes us try.

use super::create::{Newcomer, code_hash, enter, free_user_name, note, url};
use super::{ClassService, still_open};
use crate::audit::{self, About};
use crate::fault::{StoreError, incident};
use crate::identity::sign_in::key_of;
use crate::identity::store::class::Template;
use crate::identity::store::seat::{NewSeat, SeatRow};
use crate::identity::{rules, short, store, totp};
use api::account::{PasswordFault, PasswordRules};
use api::class::{JOIN_LIMIT, JoinCode, JoinForm, Joining, SEATS_MAX, SeatState};
use api::error::{Conflict, Faults};
use api::{Caller, ClassId, DomainId, Error, Kind, Micros, Name, ProjectId, Proof, Result, Role, SeatId, UserId, Why};
use sqlx::SqliteConnection;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// The longest name that somebody joins with.
const NAME_MAX: usize = 60;
/// After so many wrong codes from one address, none is taken for some minutes: a whole school may sit behind one.
const WRONG_MAX: i64 = 60;
const WAIT_MINUTES: u32 = 15;
/// So many addresses are remembered.
const ADDRESSES: usize = 4096;

/// Wrong codes by where they came from. Kept in memory only: nothing is stored for those who have shown nothing.
#[derive(Default)]
pub(super) struct WrongCodes(Mutex<HashMap<String, (i64, Micros)>>);

impl WrongCodes {
    /// For how many more minutes no code from there is looked at.
    fn wait(&self, address: &str, now: Micros) -> Option<u32> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, last) = known.get(address)?;
        let rules =
            PasswordRules { lock_after: WRONG_MAX as u32, lock_minutes: WAIT_MINUTES, ..PasswordRules::default() };
        rules::locked(&rules, *count, *last, now)
    }

    fn count(&self, address: &str, now: Micros) {
        const MINUTE: Micros = 60_000_000;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES {
            let recent = now - i64::from(WAIT_MINUTES) * MINUTE;
            known.retain(|_, (_, last)| *last > recent);
        }
        if known.len() < ADDRESSES || known.contains_key(address) {
            let entry = known.entry(address.to_owned()).or_insert((0, now));
            let stale = entry.1 + i64::from(WAIT_MINUTES) * MINUTE <= now;
            *entry = (if stale { 1 } else { entry.0 + 1 }, now);
        }
    }
}

/// What a code opens.
enum Opens {
    Class(Template),
    Seat(SeatRow, Template),
}

impl ClassService {
    pub(super) async fn join_open(&self, caller: &Caller, id: ClassId, limit: &str, base: &str) -> Result<JoinCode> {
        let (mut change, class) = self.change(caller, id).await?;
        still_open(&class, change.now)?;
        let limit = match limit.trim() {
            "" => Ok(i64::from(JOIN_LIMIT)),
            text => text
                .parse()
                .ok()
                .filter(|limit| (1..=SEATS_MAX as i64).contains(limit))
                .ok_or(Why::Range { min: 1, max: SEATS_MAX as i64 }),
        };
        let limit = limit.map_err(|why| Error::field("limit", why))?;
        let code = totp::recovery_code(rand::random());
        store::class::join_set(&mut change.tx, id, Some(&code_hash(&code)), limit).await?;
        change.done("class_join_open", Kind::Class, id, &class.name).await?;
        change.commit().await?;
        self.announce(id, &class.teachers);
        let url = url(base, &code);
        let too_long = || incident("QR code", &std::io::Error::other("the address is too long"));
        Ok(JoinCode { qr: totp::qr(&url).ok_or_else(too_long)?, url })
    }

    /// What the code opens now.
    async fn opens(&self, code: &str, address: &str) -> Result<Opens> {
        let now = self.core.clock.now();
        if let Some(minutes) = self.wrong_codes.wait(address, now) {
            return Err(Error::field("code", Why::TooManyCodes { minutes }));
        }
        let hash = code_hash(code);
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        if let Some(class) = store::class::joined_by(&mut db, &hash, now).await? {
            return Ok(Opens::Class(class));
        }
        if let Some(seat) = store::seat::claimed_by(&mut db, &hash, now).await? {
            let class = super::template(&mut db, seat.class).await?;
            return Ok(Opens::Seat(seat, class));
        }
        self.wrong_codes.count(address, now);
        Err(Error::field("code", Why::Code))
    }

    pub(super) async fn joining(&self, code: &str, address: &str) -> Result<Joining> {
        let opens = self.opens(code, address).await?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        Ok(match opens {
            Opens::Class(class) => {
                let full = store::seat::count(&mut db, class.id).await? >= class.join_limit;
                Joining::Class { class: class.name, full }
            }
            Opens::Seat(seat, class) => {
                let user_name = match seat.user {
                    Some(user) => store::user::name(&mut db, user).await?,
                    None => None,
                };
                let user_name = user_name.ok_or(Error::field("code", Why::Code))?;
                Joining::Seat { class: class.name, name: seat.name, user_name }
            }
        })
    }

    pub(super) async fn joined(&self, code: &str, form: JoinForm, address: &str, request: &str) -> Result<String> {
        match self.opens(code, address).await? {
            Opens::Class(class) => self.take_seat(code, class, form, address, request).await,
            Opens::Seat(seat, class) => self.claim(code, seat, class, form, address, request).await,
        }
    }

    /// What is wrong with the password, and its hash if nothing is.
    async fn password(&self, domain: DomainId, user_name: &str, form: &JoinForm, mut faults: Faults) -> Result<String> {
        let rules = self.identity.password_rules(domain).await?;
        if let Some(why) = self.identity.password_fault(&rules, user_name, &form.password).await? {
            faults.add("password", why);
        } else if form.password != form.again {
            faults.add("again", Why::Password(PasswordFault::NotTheSame));
        }
        faults.finish()?;
        self.identity.hasher.hash(&form.password).await
    }

    /// A seat for somebody new: all of it in one transaction, in which the seats are counted.
    async fn take_seat(
        &self,
        code: &str,
        class: Template,
        form: JoinForm,
        address: &str,
        request: &str,
    ) -> Result<String> {
        let mut faults = Faults::default();
        let name = faults.take("name", Name::parse(&form.name).and_then(|name| short(name, NAME_MAX)));
        let name = name.map(|name| name.to_string()).unwrap_or_default();
        // Asked before as well, so that nobody makes us hash for a seat that is not there.
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        room_require(&mut db, &class).await?;
        drop(db);
        // Hashed outside of any transaction: it takes a while, and everybody else would wait.
        let hash = self.password(class.domain, &name, &form, faults).await?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let class = store::class::joined_by(&mut tx, &code_hash(code), now).await?;
        let class = class.ok_or(Error::field("code", Why::Code))?;
        room_require(&mut tx, &class).await?;
        let user_name = free_user_name(&mut tx, class.domain, &name, &HashSet::new()).await?;
        let new = Newcomer { name: &name, user_name: &user_name, email: "", hash: &hash };
        let made = enter(&mut tx, &class, &new, now).await?;
        let joined = caller(made.user, &user_name, &class, address, request);
        let joined = Caller { project: made.project, ..joined };
        note(&mut tx, &joined, &made, now).await?;
        let seat = NewSeat {
            id: SeatId(Uuid::new_v4()),
            class: class.id,
            name: &name,
            user: made.user,
            project: made.project,
            state: SeatState::Ready,
            operation: None,
            claim_hash: None,
        };
        store::seat::insert(&mut tx, &seat, now).await?;
        let id = class.id.to_string();
        let about = About { kind: Kind::Class, id: &id, name: &class.name, project: Some(made.project) };
        audit::record_about(&mut tx, &joined, "class_join", about, now).await?;
        let (tx, touched) = self.fill(tx, &class, &joined, made.user).await?;
        tx.commit().await.map_err(StoreError)?;
        self.joined_announce(&class, made.project, &touched);
        Ok(user_name)
    }

    /// The first password of a seat that is there already, or a new one in place of a lost one. The code is good once.
    async fn claim(
        &self,
        code: &str,
        seat: SeatRow,
        class: Template,
        form: JoinForm,
        address: &str,
        request: &str,
    ) -> Result<String> {
        let user = seat.user.ok_or(Error::field("code", Why::Code))?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let user_name = store::user::name(&mut db, user).await?.ok_or(Error::field("code", Why::Code))?;
        drop(db);
        let hash = self.password(class.domain, &user_name, &form, Faults::default()).await?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let seat = store::seat::claimed_by(&mut tx, &code_hash(code), now).await?;
        let seat = seat.filter(|seat| seat.user == Some(user)).ok_or(Error::field("code", Why::Code))?;
        store::seat::claim_set(&mut tx, seat.id, None).await?;
        store::password::replace(&mut tx, user, &hash, false, now).await?;
        // Whoever has a password comes by no provider.
        store::provider::release(&mut tx, user).await?;
        store::session::delete_of(&mut tx, user).await?;
        // Whoever has forgotten the old one may have been locked out by trying.
        store::password::forgive(&mut tx, &key_of(class.domain, &user_name)).await?;
        let caller = caller(user, &user_name, &class, address, request);
        audit::record_outside(&mut tx, &caller, "seat_claim", Kind::User, &user.to_string(), &user_name, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, user, None);
        self.announce(class.id, &class.teachers);
        Ok(user_name)
    }
}

/// Passes while the class has a seat left.
async fn room_require(db: &mut SqliteConnection, class: &Template) -> Result<()> {
    let is_full = store::seat::count(db, class.id).await? >= class.join_limit;
    if is_full { Err(Error::Conflict(Conflict::ClassFull)) } else { Ok(()) }
}

/// Somebody who has shown a code and nothing else. What is written in this name is written by the class's template.
fn caller(user: UserId, name: &str, class: &Template, address: &str, request: &str) -> Caller {
    Caller {
        user,
        user_name: name.to_owned(),
        project: ProjectId(Uuid::nil()),
        project_name: String::new(),
        domain: class.domain,
        role: Role::Member,
        system: None,
        manages: Vec::new(),
        proof: Proof::Program,
        address: address.to_owned(),
        request: request.to_owned(),
    }
}
