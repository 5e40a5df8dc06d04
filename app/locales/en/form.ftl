form-no-match = No match
