//! qcow2 headers and tables, each spoilt in one place.

use super::super::{Format, MAX_READ, MAX_VIRTUAL_SIZE, Rejection};
use super::builder::{CLUSTER, COMPRESSED, COPIED, DATA, File, L1, L2, REFCOUNT_BLOCK, REFCOUNT_TABLE, at, qcow2};
use super::{check, inspected};

#[test]
fn sound_images_are_accepted() {
    for (version, evidence) in [(2, "qcow2 version 2"), (3, "qcow2 version 3")] {
        let verdict = inspected(&qcow2(version).0).unwrap();
        assert_eq!(
            (verdict.format, verdict.virtual_size, verdict.evidence.as_ref()),
            (Format::Qcow2, 1 << 30, evidence)
        );
        assert!(verdict.bytes_read < 512 << 10, "{verdict:?}");
    }
}

#[test]
fn headers() {
    let v2 = || qcow2(2);
    let v3 = || qcow2(3);
    let cases = [
        ("version 0", v3().be32(at::VERSION, 0), "qcow2 version 0; versions 2 and 3"),
        ("version 1", v3().be32(at::VERSION, 1), "qcow2 version 1"),
        ("version 4", v3().be32(at::VERSION, 4), "qcow2 version 4"),
        ("magic only", v3().resize(4), "qcow2 header reaches to byte 8, but the file ends at byte 4"),
        ("half a header, version 2", v2().resize(71), "qcow2 header reaches to byte 72"),
        ("half a header, version 3", v3().resize(103), "qcow2 header reaches to byte 104"),
        ("header and nothing else", v3().resize(512), "cut short or damaged"),
        ("clusters of 256 bytes", v3().be32(at::CLUSTER_BITS, 8), "cluster size is 2^8"),
        ("clusters of 4 MiB", v3().be32(at::CLUSTER_BITS, 22), "cluster size is 2^22"),
        ("cluster bits beyond a shift", v3().be32(at::CLUSTER_BITS, u32::MAX), "cluster size is 2^4294967295"),
        ("header too short", v3().be32(at::LENGTH, 96), "header claims to be 96 bytes"),
        ("header of odd length", v3().be32(at::LENGTH, 107), "header claims to be 107 bytes"),
        ("header longer than a cluster", v3().be32(at::LENGTH, 1 << 17), "header claims to be 131072 bytes"),
        ("wide reference counts", v3().be32(at::REFCOUNT_ORDER, 7), "reference counts are 2^7 bits"),
        ("version 2 has no such field", v2().be32(at::REFCOUNT_ORDER, 0), "ok"),
        ("size zero", v3().be64(at::SIZE, 0), "size of zero"),
        ("size above 16 TiB", v3().be64(at::SIZE, MAX_VIRTUAL_SIZE + 512), "17592186044928 bytes; 16 TiB"),
        ("size beyond reason", v3().be64(at::SIZE, u64::MAX), "16 TiB"),
        ("AES", v3().be32(at::CRYPT_METHOD, 1), "encrypted (AES)"),
        ("LUKS", v3().be32(at::CRYPT_METHOD, 2), "encrypted (LUKS)"),
        ("AES, version 2", v2().be32(at::CRYPT_METHOD, 1), "encrypted (AES)"),
        ("unknown encryption", v3().be32(at::CRYPT_METHOD, 3), "encryption method 3"),
        ("encryption header alone", v3().extension(0x0537_be77, &[0; 16]), "encryption header"),
        ("dirty", v3().be64(at::INCOMPATIBLE, 1), "not closed cleanly"),
        ("marked as corrupt", v3().be64(at::INCOMPATIBLE, 2), "marked it as corrupt"),
        ("unknown feature", v3().be64(at::INCOMPATIBLE, 1 << 5), "feature bits [5]"),
        ("unknown features", v3().be64(at::INCOMPATIBLE, 1 << 63 | 1 << 40), "feature bits [40, 63]"),
        ("version 2 has no features", v2().be64(at::INCOMPATIBLE, 1 << 5), "ok"),
        ("zstd", v3().be64(at::INCOMPATIBLE, 8).bytes(at::COMPRESSION_TYPE, &[1]), "ok"),
        ("zstd without its feature", v3().bytes(at::COMPRESSION_TYPE, &[1]), "compression type is 1"),
        ("compression feature without a type", v3().be64(at::INCOMPATIBLE, 8), "compression type is 0"),
        ("unknown compression", v3().be64(at::INCOMPATIBLE, 8).bytes(at::COMPRESSION_TYPE, &[2]), "type is 2"),
        ("extended L2, small clusters", v3().be64(at::INCOMPATIBLE, 16).be32(at::CLUSTER_BITS, 13), "extended L2"),
        ("unknown extension", v3().extension(0x1234_5678, b"whatever"), "ok"),
        ("extension too long", v3().be32(112, 1).be32(116, u32::MAX), "extension at byte 112"),
        ("short bitmaps extension", v3().extension(0x2385_2875, &[0; 16]), "bitmaps is too short"),
        ("bitmaps elsewhere", v3().extension(0x2385_2875, &[0x11; 24]), "bitmap directory claims"),
    ];
    for (name, File(file), expected) in cases {
        check(name, &file, expected);
    }
}

#[test]
fn tables() {
    let v3 = || qcow2(3);
    let snapshot = |file: File| file.resize(7 * CLUSTER).be32(at::SNAPSHOTS, 1).be64(at::SNAPSHOTS_OFFSET, 6 * CLUSTER);
    let cases = [
        ("L1 unaligned", v3().be64(at::L1_OFFSET, L1 + 512), "L1 table at byte 197120 does not begin at a cluster"),
        ("L1 outside", v3().be64(at::L1_OFFSET, 1 << 40), "L1 table reaches to byte 1099511627792"),
        ("L1 far outside", v3().be64(at::L1_OFFSET, u64::MAX << 16), "L1 table reaches"),
        ("L1 on the header", v3().be64(at::L1_OFFSET, 0), "L1 table lies on its header"),
        ("L1 on the refcount table", v3().be64(at::L1_OFFSET, REFCOUNT_TABLE), "overlap at byte 65536"),
        ("L1 absurd", v3().be32(at::L1_SIZE, u32::MAX), "L1 table claims 34359738360 bytes"),
        ("L1 too small", v3().be32(at::L1_SIZE, 1), "L1 table is too small"),
        ("L1 missing", v3().be32(at::L1_SIZE, 0), "L1 table is too small"),
        ("L1 longer than needed", v3().be32(at::L1_SIZE, 100), "ok"),
        ("L1 beyond the end", v3().be32(at::L1_SIZE, 40_000), "L1 table reaches to byte 516608"),
        ("L1 reserved bits", v3().be64(L1, L2 | 1 << 60), "reserved bits are set in its L1 table"),
        ("refcounts missing", v3().be32(at::REFCOUNT_CLUSTERS, 0), "refcount table claims 0 bytes"),
        ("refcounts absurd", v3().be32(at::REFCOUNT_CLUSTERS, 129), "refcount table claims 8454144 bytes"),
        ("refcounts unaligned", v3().be64(at::REFCOUNT_OFFSET, 1), "refcount table at byte 1 does not begin"),
        ("refcounts outside", v3().be64(at::REFCOUNT_OFFSET, 9 * CLUSTER), "refcount table reaches to byte 655360"),
        ("refcounts on the header", v3().be64(at::REFCOUNT_OFFSET, 0), "refcount table lies on its header"),
        ("refcount block unaligned", v3().be64(REFCOUNT_TABLE, 512), "refcount block at byte 512 does not begin"),
        ("refcount block outside", v3().be64(REFCOUNT_TABLE, 1 << 50), "refcount block reaches"),
        ("refcount block twice", v3().be64(REFCOUNT_TABLE + 8, REFCOUNT_BLOCK), "overlap at byte 131072"),
        ("refcount reserved bits", v3().be64(REFCOUNT_TABLE, REFCOUNT_BLOCK | 1), "set in its refcount table"),
        ("L2 unaligned", v3().be64(L1, L2 + 512), "L2 table at byte 262656 does not begin at a cluster"),
        ("L2 outside", v3().be64(L1, 1 << 50), "L2 table reaches"),
        ("L2 on the L1", v3().be64(L1, L1), "overlap at byte 196608"),
        ("L2 twice", v3().be64(L1 + 8, L2 | COPIED), "its L2 table and its L2 table overlap"),
        ("L2 reserved bits", v3().be64(L2, DATA | 2), "reserved bits are set in its L2 table"),
        ("L2 high reserved bits", v3().be64(L2, DATA | 1 << 56), "reserved bits are set in its L2 table"),
        ("zero flag", v3().be64(L2, 1), "ok"),
        ("zero flag over an allocation", v3().be64(L2, DATA | COPIED | 1), "ok"),
        ("zero flag, version 2", qcow2(2).be64(L2, 1), "reserved bits are set in its L2 table"),
        ("copied from nowhere", v3().be64(L2, COPIED), "has no place in the file"),
        ("data unaligned", v3().be64(L2, DATA + 512), "data is not aligned"),
        ("data on the header", v3().be64(L2 + 8, CLUSTER - 512), "data is not aligned"),
        ("data on the L1", v3().be64(L2 + 8, L1), "data at byte 196608 lies on its L1 table"),
        ("compressed data on the header", v3().be64(L2, COMPRESSED | 512), "lies on its header"),
        ("data outside", v3().be64(L2 + 8, 1 << 40), "data reaches to byte 1099511693312"),
        ("data just outside", v3().be64(L2 + 8, 6 * CLUSTER), "data reaches to byte 458752"),
        ("last cluster incomplete", v3().resize(DATA + 1), "ok"),
        ("last cluster missing", v3().resize(DATA), "data reaches to byte 393216, but the file ends at byte 327680"),
        ("L2 incomplete", v3().resize(L2 + 512), "L2 table reaches"),
        ("compressed", v3().be64(L2, COMPRESSED | DATA | 5), "ok"),
        ("compressed outside", v3().be64(L2, COMPRESSED | 1 << 40), "data reaches"),
        ("compressed and copied", v3().be64(L2, COMPRESSED | COPIED | DATA), "compressed cluster has reserved bits"),
        ("snapshots absurd", v3().be32(at::SNAPSHOTS, 1025), "holds 1025 internal snapshots"),
        (
            "snapshots outside",
            v3().be32(at::SNAPSHOTS, 1).be64(at::SNAPSHOTS_OFFSET, 1 << 40),
            "snapshot table reaches",
        ),
        ("snapshots far outside", v3().be32(at::SNAPSHOTS, 1).be64(at::SNAPSHOTS_OFFSET, u64::MAX), "snapshot table"),
        ("snapshot", snapshot(v3()).be64(6 * CLUSTER, DATA).be32(6 * CLUSTER + 8, 2).be64(L2, 0), "ok"),
        ("snapshots unaligned", snapshot(v3()).be64(at::SNAPSHOTS_OFFSET, 6 * CLUSTER + 8), "lies on its header"),
        (
            "snapshot's L1 on the L1",
            snapshot(v3()).be64(6 * CLUSTER, L1).be32(6 * CLUSTER + 8, 2),
            "overlap at byte 196608",
        ),
        (
            "snapshot's L1 outside",
            snapshot(v3()).be64(6 * CLUSTER, 1 << 40).be32(6 * CLUSTER + 8, 2),
            "of a snapshot reaches",
        ),
        ("snapshot's L1 absurd", snapshot(v3()).be32(6 * CLUSTER + 8, u32::MAX), "a snapshot claims an L1 table"),
        ("snapshot's extra data absurd", snapshot(v3()).be32(6 * CLUSTER + 36, 1025), "1025 bytes of extra data"),
    ];
    for (name, File(file), expected) in cases {
        check(name, &file, expected);
    }
}

#[test]
fn extended_entries() {
    let image = |entry, bitmap| {
        let wide = qcow2(3).be64(at::INCOMPATIBLE, 16).be32(at::L1_SIZE, 4);
        wide.be64(L2, entry).be64(L2 + 8, bitmap).0
    };
    check("first subcluster allocated", &image(DATA | COPIED, 1), "ok");
    check("second subcluster zero", &image(DATA | COPIED, 1 | 1 << 33), "ok");
    check("both at once", &image(DATA | COPIED, 1 | 1 << 32), "both allocated and zero");
    check("allocated nowhere", &image(0, 1), "has no place in the file");
    check("zero flag", &image(DATA | 1, 1), "reserved bits are set in its L2 table");
    check("compressed", &image(COMPRESSED | DATA, 0), "ok");
    check("compressed with a bitmap", &image(COMPRESSED | DATA, 1), "compressed cluster has reserved bits");
    check("half of the L1 table", &qcow2(3).be64(at::INCOMPATIBLE, 16).0, "L1 table is too small");
}

#[test]
fn reading_is_bounded() {
    // An image whose honest tables exceed the budget: 2,000 L2 tables of 64 KiB, 125 MiB in all.
    let tables = 2_000;
    let image = (0..tables).fold(
        qcow2(3).resize((6 + tables) * CLUSTER).be64(at::SIZE, tables << 29).be32(at::L1_SIZE, tables as u32),
        |image, table| image.be64(L1 + table * 8, (6 + table) * CLUSTER),
    );
    assert!(matches!(inspected(&image.0), Err(Rejection::TooMuchToRead)));
    assert!(image.0.len() as u64 > MAX_READ);
}
