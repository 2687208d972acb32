-- Takes back 0032_mails. The mails that wait are lost.
drop table mails;
drop function notify_mail_queued();
drop type mail_language;
