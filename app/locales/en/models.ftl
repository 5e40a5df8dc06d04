models-title = Models
# $model is the policy's model, inside a sentence.
models-intro = What each model would give to each creator, beside what your policy gave ({ $model }). Only your policy counts.

# The models of the policy.
models-table = Net revenue by model
models-creator = Creator
models-policy = Your policy
models-without-creator = Links without a creator
models-touches = { $touches ->
    [one] 1 touch
   *[other] { $touches } touches
}
models-nothing = No credited orders in this period
models-nothing-text = Once orders are credited, you see here what each model would give to whom.
models-see-links = See your links

# Why the policy's own model gives something else.
models-why = Why “{ $model }” is not the same as your policy
models-why-evidence = Your policy first decides which kind of evidence counts, such as discount codes before links, and then shares the order among the touches of that kind. The models here share each order among all its touches, of every kind.
models-why-changed = Orders follow the policy of the day on which they were placed. If you changed it, earlier orders still follow the earlier one.
models-why-closed = In your policy’s figures, refunds and edits of orders in closed periods are booked on the day they arrive; the models show them with their order.

# Models that learn.
models-learned = Data-driven models
models-learned-soon = These models learn from all journeys of the last { $days } days, and run once a day.
# $converted and $others are counts of journeys, $moment is when the models ran.
models-learned-from = Learned from the { $days } days from { $from } to { $to }, whatever the period above. Journeys with an order: { $converted }, without: { $others }. Computed { $moment }, version { $version }.
models-lost = Lost without them
models-markov = Markov conversions
models-shapley = Shapley conversions
models-all-others = All other creators
models-lost-share = { $share } %
models-no-results = No results yet. They appear within a day of the first orders.
