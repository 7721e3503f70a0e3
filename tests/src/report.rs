//! Takes counts; gives rates with Wilson intervals.

/// Successes out of trials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rate {
    /// Successes.
    pub hits: usize,
    /// Trials.
    pub of: usize,
}

impl Rate {
    /// Counts one trial.
    pub fn add(&mut self, is_hit: bool) {
        self.hits += usize::from(is_hit);
        self.of += 1;
    }

    /// The share, 0 when there were no trials.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.hits as f64 / self.of as f64 }
    }

    /// Wilson's score interval at 95 % (E. B. Wilson, 1927).
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn interval(self) -> (f64, f64) {
        if self.of == 0 {
            return (0.0, 1.0);
        }
        let (n, p, z) = (self.of as f64, self.share(), 1.959_964);
        let centre = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
    }

    /// "0.812 [0.76, 0.86] 163/201".
    #[must_use]
    pub fn text(self) -> String {
        let (low, high) = self.interval();
        format!("{:.3} [{low:.2}, {high:.2}] {}/{}", self.share(), self.hits, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn wilson_interval_of_a_half() {
        let (low, high) = Rate { hits: 50, of: 100 }.interval();
        assert!((low - 0.404).abs() < 0.001 && (high - 0.596).abs() < 0.001);
    }
}
