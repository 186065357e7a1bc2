//! Rows of the queries that every request waits for, read where they stand.
//!
//! sqlx's `AnyRow` is a copy of all columns, which are found by name and copied once more: together as much work as the query. Here
//! SQLite's own row is read in the order of its columns, and PostgreSQL's like it.

use rusqlite::types::ValueRef;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Arguments, Error};
use sqlx_core::any::AnyValueKind;

use crate::store::engine::pool::Pool;
use crate::store::engine::pool_executor::Read;
use crate::store::error::StoreError;

/// Reads one column after the other.
pub(in crate::store) struct Columns<'r> {
    row: Row<'r>,
    next: usize,
    is_of_first_row: bool,
}

pub(super) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Any(&'r AnyRow),
}

/// What a column holds.
pub(in crate::store) enum Value<'r> {
    Null,
    Integer(i64),
    Text(&'r str),
}

/// The type of a column.
pub(in crate::store) trait Column: Sized {
    /// `None` for a value of another type.
    fn from_value(value: Value<'_>) -> Option<Self>;
}

impl Column for i64 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        if let Value::Integer(integer) = value { Some(integer) } else { None }
    }
}

impl Column for String {
    fn from_value(value: Value<'_>) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.to_owned()) } else { None }
    }
}

impl<T: Column> Column for Option<T> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        if let Value::Null = value { Some(None) } else { T::from_value(value).map(Some) }
    }
}

impl<'r> Columns<'r> {
    pub(super) fn of(row: Row<'r>, is_of_first_row: bool) -> Self {
        Self { row, next: 0, is_of_first_row }
    }

    /// Whether a join of further rows is at its first.
    pub(in crate::store) fn is_of_first_row(&self) -> bool {
        self.is_of_first_row
    }

    pub(in crate::store) fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    /// The next column.
    ///
    /// # Errors
    /// [`Error::ColumnDecode`] when it holds another type, [`Error::ColumnIndexOutOfBounds`] when there is none.
    pub(in crate::store) fn next<T: Column>(&mut self) -> Result<T, Error> {
        let index = self.next;
        self.next += 1;
        let value = self.row.value(index)?;
        T::from_value(value)
            .ok_or_else(|| Error::ColumnDecode { index: index.to_string(), source: "of another type".into() })
    }
}

impl Row<'_> {
    fn value(&self, index: usize) -> Result<Value<'_>, Error> {
        let decode = |source| Error::ColumnDecode { index: index.to_string(), source };
        let value = match self {
            Self::Sqlite(row) => match row.get_ref(index).map_err(|error| decode(error.into()))? {
                ValueRef::Null => Some(Value::Null),
                ValueRef::Integer(integer) => Some(Value::Integer(integer)),
                ValueRef::Text(text) => {
                    Some(Value::Text(std::str::from_utf8(text).map_err(|error| decode(error.into()))?))
                }
                ValueRef::Real(_) | ValueRef::Blob(_) => None,
            },
            Self::Any(row) => match row.values.get(index).map(|value| &value.kind) {
                None => return Err(Error::ColumnIndexOutOfBounds { index, len: row.values.len() }),
                Some(AnyValueKind::Null(_)) => Some(Value::Null),
                Some(AnyValueKind::BigInt(integer)) => Some(Value::Integer(*integer)),
                Some(AnyValueKind::Integer(integer)) => Some(Value::Integer((*integer).into())),
                Some(AnyValueKind::Text(text)) => Some(Value::Text(text)),
                Some(_) => None,
            },
        };
        value.ok_or_else(|| decode("neither text nor an integer".into()))
    }
}

impl Pool {
    /// The rows of a query, each as `read` reads it. A text and a number are its arguments.
    ///
    /// # Errors
    /// Of the query, or the first of `read`.
    pub(in crate::store) async fn read<T: Send + 'static>(
        &self,
        sql: &'static str,
        (text, number): (&str, i64),
        read: fn(&mut Columns<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut arguments = AnyArguments::default();
        arguments.add(text).and_then(|()| arguments.add(number)).map_err(Error::Encode)?;
        self.run_query(Read::new(sql, arguments), |connection, query| Box::pin(connection.read(query, read))).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sqlx::any::{AnyTypeInfoKind, AnyValue};

    use super::*;

    fn row(values: Vec<AnyValueKind>) -> AnyRow {
        let values = values.into_iter().map(|kind| AnyValue { kind }).collect();
        AnyRow { column_names: Arc::default(), columns: Vec::new(), values }
    }

    type Found = (i64, String, Option<String>, Option<i64>);

    fn read(columns: &mut Columns<'_>) -> Result<Found, Error> {
        Ok((columns.next()?, columns.next()?, columns.next()?, columns.next()?))
    }

    #[test]
    fn the_rows_of_both_drivers_are_read_alike() {
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        let of_sqlite =
            |sql: &str| sqlite.query_row(sql, [], |row| Ok(read(&mut Columns::of(Row::Sqlite(row), true)))).unwrap();
        let of_any = |values| read(&mut Columns::of(Row::Any(&row(values)), true));
        let (null, text) = (AnyValueKind::Null(AnyTypeInfoKind::Null), AnyValueKind::Text(Arc::new("a".to_owned())));
        let expected: Found = (7, "a".to_owned(), None, Some(8));
        assert_eq!(of_sqlite("SELECT 7, 'a', NULL, 8").unwrap(), expected);
        let eight = AnyValueKind::Integer(8);
        assert_eq!(of_any(vec![AnyValueKind::BigInt(7), text.clone(), null.clone(), eight]).unwrap(), expected);

        for sql in [
            "SELECT 'a', 'a', NULL, 8",
            "SELECT 7, NULL, NULL, 8",
            "SELECT 7, 'a', NULL, 1.5",
            "SELECT 7, x'00', NULL, 8",
        ] {
            assert!(matches!(of_sqlite(sql), Err(Error::ColumnDecode { .. })), "{sql}");
        }
        let missing = of_any(vec![AnyValueKind::BigInt(7), text.clone(), null.clone()]);
        assert!(matches!(missing, Err(Error::ColumnIndexOutOfBounds { index: 3, len: 3 })));
        let wrong = of_any(vec![null, text.clone(), text.clone(), text]);
        assert!(matches!(wrong, Err(Error::ColumnDecode { .. })));
    }

    #[test]
    fn columns_are_skipped() {
        let row = row(vec![AnyValueKind::BigInt(1), AnyValueKind::BigInt(2), AnyValueKind::BigInt(3)]);
        let mut columns = Columns::of(Row::Any(&row), false);
        columns.skip(2);
        assert_eq!((columns.next::<i64>().unwrap(), columns.is_of_first_row()), (3, false));
    }
}
