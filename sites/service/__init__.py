"""便民服务: what is coming up in the reader's street: notices by deadline, a calendar, the same as iCalendar."""
