//! How the allocator deals with memory that is not needed any more. The one file that speaks to C by itself.
#![allow(unsafe_code)]

use libmimalloc_sys::{mi_option_get, mi_option_set, mi_option_t};
use std::ffi::c_long;

/// `mi_option_purge_delay` of mimalloc.h, which the bindings leave out: for how many milliseconds what was freed is kept.
const PURGE_DELAY: mi_option_t = 15;
/// What the allocator does by itself; it tells whether the number above is still the right one.
const ITS_OWN: c_long = 1000;
/// What was freed goes back with the next thing that is freed. A cloud at rest frees little: after the second that the allocator would
/// keep it, that next thing may never come, and the program would hold a third more for good.
const MILLISECONDS: c_long = 1;

/// Has what was freed go back soon. Where the allocator is another than the one this was written for, it is left as it is.
pub fn give_back_soon() {
    // SAFETY: both take and answer numbers only, and may be called at any time.
    unsafe {
        if mi_option_get(PURGE_DELAY) == ITS_OWN {
            mi_option_set(PURGE_DELAY, MILLISECONDS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_the_one_that_is_meant() {
        give_back_soon();
        // SAFETY: as above.
        assert_eq!(unsafe { mi_option_get(PURGE_DELAY) }, MILLISECONDS);
    }
}
