//! Forms with a file.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::StatusCode,
};
use flow::{FlowError, Invalid};

use super::{FormState, Posted};
use crate::error::PageError;

/// Most fields of a form.
const FIELDS_MAX: usize = 500;

/// A posted form that may hold a file. What is wrong with it is the form's fault, shown with the form.
#[derive(Debug)]
pub(crate) struct Upload {
    posted: Posted,
    file: Option<UploadedFile>,
    fault: Option<Invalid>,
}

/// A file, as a person chose it.
#[derive(Clone, Debug)]
pub(crate) struct UploadedFile {
    /// What it is called on their computer.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

impl Upload {
    /// The fields of the form.
    pub(crate) const fn posted(&self) -> &Posted {
        &self.posted
    }

    /// The file, if one was chosen.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the form could not be read.
    pub(crate) fn file(&self) -> Result<Option<&UploadedFile>, FlowError> {
        match &self.fault {
            Some(fault) => Err(fault.clone().into()),
            None => Ok(self.file.as_ref()),
        }
    }

    /// As [`Posted::refused`], shown in the form `action`: a form that could not be read may have no button, and one whose file
    /// is missing is shown where a file is chosen.
    pub(crate) fn refused(self, error: FlowError, action: &str) -> Result<FormState, PageError> {
        let Posted(mut fields) = self.posted;
        fields.retain(|(name, _)| name != "do");
        fields.push(("do".to_owned(), action.to_owned()));
        Posted(fields).refused(error)
    }

    async fn take(&mut self, field: Field<'_>) -> Result<(), Invalid> {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|error| unreadable(error.status()))?;
        if let Some(file_name) = file_name {
            // A browser sends an empty one if none was chosen.
            if name == "file" && !(file_name.is_empty() && bytes.is_empty()) {
                self.file = Some(UploadedFile { name: file_name, bytes: bytes.into() });
            }
            return Ok(());
        }
        if self.posted.0.len() == FIELDS_MAX {
            return Err(Invalid::one("the form is too large"));
        }
        let text = String::from_utf8(bytes.into()).map_err(|_| unreadable(StatusCode::BAD_REQUEST))?;
        self.posted.0.push((name, text));
        Ok(())
    }
}

fn unreadable(status: StatusCode) -> Invalid {
    Invalid::one(if status == StatusCode::PAYLOAD_TOO_LARGE {
        "file is too large; it may have at most 5 MiB"
    } else {
        "file did not arrive whole; send it again"
    })
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let mut upload = Self { posted: Posted::default(), file: None, fault: None };
        let Ok(mut form) = Multipart::from_request(request, state).await else {
            upload.fault = Some(Invalid::one("file must be chosen"));
            return Ok(upload);
        };
        loop {
            let taken = match form.next_field().await {
                Ok(Some(field)) => upload.take(field).await,
                Ok(None) => break,
                Err(error) => Err(unreadable(error.status())),
            };
            if let Err(fault) = taken {
                upload.fault = Some(fault);
                break;
            }
        }
        Ok(upload)
    }
}
