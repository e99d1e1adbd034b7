//! How fast an image comes in, beside what `cp` makes of the same file.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::json;

use super::client::Client;
use super::table::Table;
use super::{LISTEN, PASSWORD, seeded_project};
use crate::command::run;

/// The file's size, in MiB.
pub const MIB: u32 = 1024;
/// What a browser sends at a time, in bytes.
const CHUNK: usize = 16 << 20;

pub fn throughput(table: &mut Table, folder: &Path, mib: u64) -> Result<()> {
    fs::create_dir_all(folder)?;
    let (from, to) = (folder.join("disk.img"), folder.join("disk-copy.img"));
    disk(&from, mib)?;
    let begun = Instant::now();
    run(Command::new("cp").arg(&from).arg(&to))?;
    File::open(&to)?.sync_all()?;
    let copied = mib as f64 / begun.elapsed().as_secs_f64();
    fs::remove_file(&to)?;

    let mut client = Client::connect(LISTEN)?;
    client.sign_in("admin", PASSWORD)?;
    let project = seeded_project(&mut client)?;
    let begun = Instant::now();
    let new = json!({ "project": project, "name": "bench", "size": mib << 20, "file_name": "disk.img" });
    let id = client.call("image_upload_begin", &new)?;
    let id = id.as_str().context("the upload has no id")?.to_owned();
    let mut file = File::open(&from)?;
    let mut chunk = vec![0; CHUNK];
    let mut offset = 0;
    while offset < mib << 20 {
        let take = CHUNK.min(((mib << 20) - offset) as usize);
        file.read_exact(&mut chunk[..take])?;
        client.put(&format!("/p/{project}/images/{id}/file?offset={offset}"), &chunk[..take])?;
        offset += take as u64;
    }
    let uploaded = mib as f64 / begun.elapsed().as_secs_f64();
    fs::remove_file(&from)?;
    let figure = format!("{uploaded:.0} MiB/s until it is active; cp and sync: {copied:.0} MiB/s");
    table.fact(&format!("upload of {mib} MiB"), "the disk's speed", figure);
    Ok(())
}

/// A disk that does not compress, with a partition table.
fn disk(path: &Path, mib: u64) -> Result<()> {
    let mut file = File::create(path)?;
    let mut block = vec![0; 1 << 20];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for n in 0..mib {
        for word in block.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        if n == 0 {
            block[..512].fill(0);
            (block[446], block[450], block[454], block[458]) = (0x80, 0x83, 1, 16);
            block[510..512].copy_from_slice(&[0x55, 0xaa]);
        }
        file.write_all(&block)?;
    }
    Ok(file.sync_all()?)
}
