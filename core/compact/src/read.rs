//! Takes the bytes of a model; gives its numbers, or says that they are none.

/// First bytes of a model.
const MAGIC: &[u8; 4] = b"STCM";
/// Version of the format; a model of another version is refused.
const VERSION: u16 = 1;

/// A model cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes are no model, or end too early.
    #[error("the compact model cannot be read")]
    Corrupt,
    /// The model is of another format.
    #[error("the compact model has format {found}, expected {VERSION}")]
    Version {
        /// Format in the bytes.
        found: u16,
    },
}

/// Reads little-endian numbers off a slice.
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Result<Self, ReadError> {
        let mut reader = Self { rest: bytes };
        if reader.take::<4>()? != *MAGIC {
            return Err(ReadError::Corrupt);
        }
        let found = reader.short()?;
        if found == VERSION { Ok(reader) } else { Err(ReadError::Version { found }) }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(ReadError::Corrupt)?;
        self.rest = rest;
        Ok(*head)
    }

    pub(crate) fn byte(&mut self) -> Result<i8, ReadError> {
        self.take().map(i8::from_le_bytes)
    }

    pub(crate) fn short(&mut self) -> Result<u16, ReadError> {
        self.take().map(u16::from_le_bytes)
    }

    pub(crate) fn unsigned(&mut self) -> Result<u32, ReadError> {
        self.take().map(u32::from_le_bytes)
    }

    pub(crate) fn signed(&mut self) -> Result<i32, ReadError> {
        self.take().map(i32::from_le_bytes)
    }

    pub(crate) fn long(&mut self) -> Result<i64, ReadError> {
        self.take().map(i64::from_le_bytes)
    }

    pub(crate) fn size(&mut self) -> Result<usize, ReadError> {
        self.unsigned().map(|n| n as usize)
    }

    pub(crate) fn list<T>(
        &mut self,
        count: usize,
        one: impl Fn(&mut Self) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        // Every number takes a byte at least: a count beyond the rest is a lie, and must not reserve memory.
        if count > self.rest.len() {
            return Err(ReadError::Corrupt);
        }
        (0..count).map(|_| one(self)).collect()
    }

    pub(crate) fn array<T: Copy + Default, const N: usize>(
        &mut self,
        one: impl Fn(&mut Self) -> Result<T, ReadError>,
    ) -> Result<[T; N], ReadError> {
        let mut found = [T::default(); N];
        for slot in &mut found {
            *slot = one(self)?;
        }
        Ok(found)
    }

    pub(crate) fn names(&mut self) -> Result<Vec<String>, ReadError> {
        let size = self.size()?;
        let bytes = self.list(size, |r| r.take::<1>().map(|[b]| b))?;
        let text = String::from_utf8(bytes).map_err(|_| ReadError::Corrupt)?;
        Ok(text.split('\n').map(str::to_owned).collect())
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}
