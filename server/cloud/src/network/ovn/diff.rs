//! What has to be written so that a database holds the rows it should. Pure.
//!
//! A row of ours carries its kind and id in `external_ids`; by them it is found again, whatever its name or UUID. Rows without that mark
//! belong to others: they are never written, and neither are references to them taken out of our rows' sets.

use crate::network::ovsdb::{Atom, Datum, Operation, Row, Snapshot};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

const KIND: &str = "offing:kind";
const ID: &str = "offing:id";

/// Names a row of ours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub table: &'static str,
    pub kind: String,
    pub id: String,
}

impl Key {
    pub fn new(table: &'static str, kind: &str, id: impl ToString) -> Self {
        Self { table, kind: kind.to_owned(), id: id.to_string() }
    }

    /// The mark that a row carries, if it is ours.
    pub fn of(table: &'static str, row: &Row) -> Option<Self> {
        let ids = row.get("external_ids")?;
        Some(Self::new(table, ids.get(KIND)?, ids.get(ID)?))
    }

    /// The mark that its row carries.
    pub fn mark(&self) -> [(String, String); 2] {
        [(KIND.to_owned(), self.kind.clone()), (ID.to_owned(), self.id.clone())]
    }

    /// What other steps of the same transaction call the row while it has no UUID: letters, digits and underscores.
    fn named(&self) -> String {
        format!("{}_{}_{}", self.table, self.kind, self.id).replace(|c: char| !c.is_ascii_alphanumeric(), "_")
    }
}

/// What a column should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// This and nothing else.
    Is(Datum),
    /// A map with these entries; what others put beside them stays.
    Has(BTreeMap<Atom, Atom>),
    /// A reference to this row, or to none.
    Row(Option<Key>),
    /// References to these of our rows; those to the rows of others stay.
    Rows(BTreeSet<Key>),
}

/// Every row that there should be.
pub type Wanted = BTreeMap<Key, BTreeMap<&'static str, Cell>>;

/// The operations that make `snapshot` hold `wanted`; none if it does. `adopted` are rows of others that `wanted` speaks of too. In the
/// tables `roots` unwanted rows of ours are deleted; elsewhere they vanish when nothing refers to them any more, as the server sees to.
pub fn diff(wanted: &Wanted, snapshot: &Snapshot, adopted: &HashMap<Key, Uuid>, roots: &[&str]) -> Vec<Operation> {
    let known = Known::new(snapshot, adopted);
    let mut operations = Vec::new();
    for (key, cells) in wanted {
        match known.row(key) {
            None => {
                let row = cells.iter().map(|(column, cell)| (*column, known.content(cell, None))).collect();
                operations.push(Operation::Insert { table: key.table, name: key.named(), row });
            }
            Some((uuid, row)) => known.change(key.table, uuid, row, cells, &mut operations),
        }
    }
    let kept: HashSet<Uuid> = wanted.keys().filter_map(|key| known.uuids.get(key).copied()).collect();
    let unwanted = known.ours.iter().filter(|(uuid, table)| roots.contains(table) && !kept.contains(uuid));
    operations.extend(unwanted.map(|(&uuid, &table)| Operation::Delete { table, uuid }));
    operations
}

/// What the snapshot holds of us.
struct Known<'a> {
    snapshot: &'a Snapshot,
    uuids: HashMap<Key, Uuid>,
    /// All rows with our mark, those that carry another's by mistake included.
    ours: BTreeMap<Uuid, &'static str>,
}

impl<'a> Known<'a> {
    fn new(snapshot: &'a Snapshot, adopted: &HashMap<Key, Uuid>) -> Self {
        let mut uuids = adopted.clone();
        let mut ours = BTreeMap::new();
        for (table, rows) in snapshot {
            for (uuid, row) in rows {
                if let Some(key) = Key::of(table, row) {
                    uuids.insert(key, *uuid);
                    ours.insert(*uuid, *table);
                }
            }
        }
        Self { snapshot, uuids, ours }
    }

    fn row(&self, key: &Key) -> Option<(Uuid, &'a Row)> {
        let uuid = *self.uuids.get(key)?;
        Some((uuid, self.snapshot.get(key.table)?.get(&uuid)?))
    }

    fn reference(&self, key: &Key) -> Atom {
        self.uuids.get(key).map_or_else(|| Atom::Named(key.named()), |uuid| Atom::Uuid(*uuid))
    }

    /// What the column should hold, given what it holds now.
    fn content(&self, cell: &Cell, now: Option<&Datum>) -> Datum {
        match cell {
            Cell::Is(datum) => datum.clone(),
            Cell::Has(entries) => {
                let mut map = match now {
                    Some(Datum::Map(map)) => map.clone(),
                    _ => BTreeMap::new(),
                };
                map.extend(entries.clone());
                Datum::Map(map)
            }
            Cell::Row(key) => Datum::Set(key.iter().map(|key| self.reference(key)).collect()),
            Cell::Rows(keys) => Datum::Set(keys.iter().map(|key| self.reference(key)).collect()),
        }
    }

    /// Whether the column holds what it should.
    fn holds(&self, cell: &Cell, now: Option<&Datum>) -> bool {
        match (cell, now) {
            (Cell::Is(datum), now) => now == Some(datum),
            (Cell::Has(entries), Some(Datum::Map(map))) => {
                entries.iter().all(|(key, value)| map.get(key) == Some(value))
            }
            (cell, now) => now == Some(&self.content(cell, now)),
        }
    }

    fn change(
        &self,
        table: &'static str,
        uuid: Uuid,
        row: &Row,
        cells: &BTreeMap<&'static str, Cell>,
        operations: &mut Vec<Operation>,
    ) {
        let mut changed = Row::new();
        for (&column, cell) in cells {
            let now = row.get(column);
            if self.holds(cell, now) {
                continue;
            }
            let then = self.content(cell, now);
            if !matches!(cell, Cell::Rows(_)) {
                changed.insert(column, then);
                continue;
            }
            let insert: BTreeSet<Atom> = then.members().filter(|atom| !has(now, atom)).cloned().collect();
            let gone =
                |atom: &&Atom| matches!(atom, Atom::Uuid(uuid) if self.ours.contains_key(uuid)) && !then.contains(atom);
            let delete: BTreeSet<Atom> = now.iter().flat_map(|now| now.members()).filter(gone).cloned().collect();
            if !insert.is_empty() || !delete.is_empty() {
                operations.push(Operation::Members { table, uuid, column, insert, delete });
            }
        }
        if !changed.is_empty() {
            operations.push(Operation::Update { table, uuid, row: changed });
        }
    }
}

fn has(datum: Option<&Datum>, atom: &Atom) -> bool {
    datum.is_some_and(|datum| datum.contains(atom))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOTS: &[&str] = &["Switch"];
    const SWITCH: Uuid = Uuid::from_u128(1);
    const OLD: Uuid = Uuid::from_u128(2);
    const FOREIGN: Uuid = Uuid::from_u128(3);

    fn key(table: &'static str, id: &str) -> Key {
        Key::new(table, "k", id)
    }

    fn refs(uuids: &[Uuid]) -> Datum {
        Datum::Set(uuids.iter().map(|uuid| Atom::Uuid(*uuid)).collect())
    }

    fn atoms<const N: usize>(atoms: [Atom; N]) -> BTreeSet<Atom> {
        BTreeSet::from(atoms)
    }

    fn marked(key: &Key) -> Cell {
        Cell::Has(key.mark().into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }

    /// A switch named `name` with the ports `ports`.
    fn wanted(name: &str, ports: &[&str]) -> Wanted {
        let mut wanted = Wanted::new();
        let keys: BTreeSet<Key> = ports.iter().map(|id| key("Port", id)).collect();
        for port in &keys {
            wanted.insert(port.clone(), [("external_ids", marked(port))].into());
        }
        let switch = key("Switch", "s");
        let cells =
            [("name", Cell::Is(Datum::one(name))), ("ports", Cell::Rows(keys)), ("external_ids", marked(&switch))];
        wanted.insert(switch, cells.into());
        wanted
    }

    /// A switch `a` of ours with the port `old` of ours, beside somebody else's port and switch.
    fn snapshot() -> Snapshot {
        let ids = |key: Key| Datum::map(key.mark().into_iter().chain([("theirs".to_owned(), "stays".to_owned())]));
        let ours: Row =
            [("name", Datum::one("a")), ("ports", refs(&[OLD, FOREIGN])), ("external_ids", ids(key("Switch", "s")))]
                .into();
        let theirs: Row =
            [("name", Datum::one("x")), ("ports", refs(&[])), ("external_ids", Datum::map([("a", "b")]))].into();
        let port: Row = [("external_ids", ids(key("Port", "old")))].into();
        let foreign: Row = [("external_ids", Datum::Map(BTreeMap::new()))].into();
        [("Switch", [(SWITCH, ours), (FOREIGN, theirs)].into()), ("Port", [(OLD, port), (FOREIGN, foreign)].into())]
            .into()
    }

    fn check(wanted: &Wanted, snapshot: &Snapshot, expected: &[Operation]) {
        assert_eq!(diff(wanted, snapshot, &HashMap::new(), ROOTS), expected);
    }

    #[test]
    fn nothing_to_do() {
        check(&wanted("a", &["old"]), &snapshot(), &[]);
        check(&Wanted::new(), &Snapshot::new(), &[]);
    }

    #[test]
    fn all_is_new() {
        let ids = |key: Key| ("external_ids", Datum::map(key.mark()));
        let port =
            Operation::Insert { table: "Port", name: "Port_k_p_1".to_owned(), row: [ids(key("Port", "p-1"))].into() };
        let ports = Datum::Set(atoms([Atom::Named("Port_k_p_1".to_owned())]));
        let row = [("name", Datum::one("a")), ("ports", ports), ids(key("Switch", "s"))].into();
        let switch = Operation::Insert { table: "Switch", name: "Switch_k_s".to_owned(), row };
        check(&wanted("a", &["p-1"]), &Snapshot::new(), &[port, switch]);
    }

    #[test]
    fn only_what_differs_is_written() {
        let renamed = Operation::Update { table: "Switch", uuid: SWITCH, row: [("name", Datum::one("b"))].into() };
        check(&wanted("b", &["old"]), &snapshot(), &[renamed]);

        let row = [("external_ids", Datum::map(key("Port", "new").mark()))].into();
        let port = Operation::Insert { table: "Port", name: "Port_k_new".to_owned(), row };
        let members =
            |insert, delete| Operation::Members { table: "Switch", uuid: SWITCH, column: "ports", insert, delete };
        let joined = members(atoms([Atom::Named("Port_k_new".to_owned())]), atoms([]));
        check(&wanted("a", &["old", "new"]), &snapshot(), &[port, joined]);

        let left = members(atoms([]), atoms([Atom::Uuid(OLD)]));
        check(&wanted("a", &[]), &snapshot(), &[left]);
    }

    #[test]
    fn only_our_root_rows_are_deleted() {
        check(&Wanted::new(), &snapshot(), &[Operation::Delete { table: "Switch", uuid: SWITCH }]);
    }

    #[test]
    fn a_lost_mark_is_put_back_beside_what_others_wrote() {
        let adopted = HashMap::from([(key("Switch", "s"), FOREIGN)]);
        let mut snapshot = snapshot();
        snapshot.get_mut("Switch").unwrap().remove(&SWITCH);
        let mut wanted = wanted("x", &[]);
        wanted.get_mut(&key("Switch", "s")).unwrap().remove("ports");
        let [a, b] = key("Switch", "s").mark();
        let all = [("a".to_owned(), "b".to_owned()), a, b];
        let update =
            Operation::Update { table: "Switch", uuid: FOREIGN, row: [("external_ids", Datum::map(all))].into() };
        assert_eq!(diff(&wanted, &snapshot, &adopted, ROOTS), [update]);
    }

    #[test]
    fn of_two_rows_with_one_mark_one_goes() {
        let mut snapshot = snapshot();
        let twin = snapshot["Switch"][&SWITCH].clone();
        let twin_uuid = Uuid::from_u128(9);
        snapshot.get_mut("Switch").unwrap().insert(twin_uuid, twin);
        let operations = diff(&wanted("a", &["old"]), &snapshot, &HashMap::new(), ROOTS);
        assert!(
            matches!(operations.as_slice(), [Operation::Delete { uuid, .. }] if *uuid == SWITCH || *uuid == twin_uuid),
            "{operations:?}"
        );
    }
}
