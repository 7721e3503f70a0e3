//! Takes written cases; gives whether the engine answers as they expect. Shared by the conformance runner and the harness.

pub mod case;
pub mod data;
pub mod fit;
pub mod report;
