use super::*;
use crate::actions::ledger;

/// An import keeps what its rows say and what creators were before them. None of it outlasts the creator.
async fn imports_forget_erased_creators(server: TestServer) {
    let flow = server.flow();
    let merchant = &server.merchant;
    let zelda = flow.creators().create(merchant, "Zelda Quill", "zq", "zelda@quill.example").await.unwrap();
    let email_hash = zelda.email_hash.clone().unwrap();
    let file = "name,email,id,paypal_email,balance,status\n\
                Zelda Quillfeather,zelda@quill.example,quill-7,pay@quill.example,12.50,active\n\
                Zelda Quill the Second,zelda@quill.example,quill-8,,,maybe\n\
                Zelda Quill the Third,zelda@quill.example,,,,\n";
    let request = server.http.post(format!("{}/api/v1/imports", server.url)).bearer_auth(&server.server_key);
    let answer = request.header("content-type", "text/csv").body(file).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    quiet(&server).await;
    let marks = ["Quill".to_owned(), email_hash];
    assert_ne!(found(&server, &marks).await, Vec::<String>::new());
    assert_eq!(found(&server, &["zelda@quill.example".to_owned()]).await, Vec::<String>::new(), "no address is stored");
    flow.creators().erase(merchant, &zelda.id).await.unwrap();
    quiet(&server).await;
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    assert_eq!(ledger(&server).await.iter().map(|(_, minor)| minor).sum::<i64>(), 1250, "money stays");
    server.stop().await;
}

on_both_engines!(imports_forget_erased_creators);
