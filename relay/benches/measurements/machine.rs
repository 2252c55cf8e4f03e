//! What the machine does.

use std::{fs, hint::black_box, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// How fast this machine is now: nanoseconds of a step that nothing but the last step waits for.
pub(crate) fn fixed_loop() -> f64 {
    const STEPS: u64 = 20_000_000;
    let start = processor_time();
    let mut state = black_box(1_u64);
    for _ in 0..STEPS {
        state = black_box(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    }
    black_box(state);
    (processor_time() - start).as_nanos() as f64 / STEPS as f64
}

/// What the system has counted for this thread.
pub(crate) fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Memory that is in use.
pub(crate) fn resident_bytes() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|pages| pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()));
    pages.unwrap_or(0) * 4_096
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
