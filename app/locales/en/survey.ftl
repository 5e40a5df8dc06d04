survey-title = Survey answers
survey-creator = Creator
survey-actions = Actions

# What was done.
survey-was-assigned = Saved. The order is being credited again.
survey-was-dismissed = Set aside: this answer names none of your creators.
survey-was-reopened = Undone. The answer waits for review again.
survey-was-key-saved = Key saved.
survey-undo = Undo

# Answers that a person has to read.
survey-nothing = Nothing to review
survey-nothing-text = Answers with a creator's name, handle or alias are matched automatically. The others appear here for review.
survey-question-some = These answers do not clearly name a creator. Which creators did the shoppers mean?
survey-question = { $count ->
    [one] One answer does not clearly name a creator. Which creator did the shopper mean?
   *[other] { $count } answers do not clearly name a creator. Which creators did the shoppers mean?
}
survey-quote = “{ $answer }”
survey-order-of = order { $order }
survey-order-missing = order { $order }, which has not arrived yet
survey-perhaps = Perhaps
survey-credit-this = Credit this creator
survey-choose = Choose a creator
survey-credit = Credit
survey-none-of-them = None of them
survey-see-decided = Answers that were decided

# The survey tool.
survey-fairing = Fairing
survey-fairing-text = In Fairing, send responses to { $url }
survey-the-address = the address
survey-has-key = A key is set. Enter another to replace it, or save an empty field to stop receiving answers.
survey-has-no-key = No key is set: answers are refused until you add one.
survey-key = Key
survey-key-hint = The one that Fairing shows, 16 to 255 characters.
survey-save-key = Save key

# Answers that were decided.
survey-decided = Decided survey answers
survey-decided-text = To change a decision, open the answer again. Its order is credited anew in a moment.
survey-back = ← Survey answers
survey-waits-again = The answer waits for review again. { $link }
survey-review-it = Review it
survey-answers = Answers
survey-state-assigned = Credited by hand
survey-state-dismissed = Name none of your creators
survey-state-matched = Matched automatically
survey-answer = Answer
survey-order = Order
survey-answered = Answered
survey-no-such = No such answers yet.
survey-erased = Erased
survey-not-arrived = Has not arrived yet
survey-review-again = Review again
