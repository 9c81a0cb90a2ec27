from django.urls import path

from staff.views import access, enrolment, jobs, own, people, people_access, sign_in, teams

urlpatterns = [
    path("", own.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="login"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("sign-in/second-factor/", enrolment.enrol, name="enrol"),
    path("sign-in/kept/", sign_in.kept, name="kept"),
    path("sign-out/", own.SignOut.as_view(), name="logout"),
    path("language/", own.set_language, name="set_language"),
    path("theme/", own.set_theme, name="set_theme"),
    path("own/", access.own_access, name="own_access"),
    path("own/password/", access.own_password, name="own_password"),
    path("own/sessions/end/", access.own_sessions_end, name="own_sessions_end"),
    path("own/codes/", access.own_codes, name="own_codes"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person_change, name="person_change"),
    path("people/<int:pk>/work/", people.person_work, name="person_work"),
    path("teams/", teams.teams, name="teams"),
    path("teams/add/", teams.team_add, name="team_add"),
    path("teams/<int:pk>/", teams.team_change, name="team_change"),
    path("people/<int:pk>/access/", people_access.person_access, name="person_access"),
    path("people/<int:pk>/factor/reset/", people_access.person_factor_reset, name="person_factor_reset"),
    path("people/<int:pk>/sign-out/", people_access.person_sign_out, name="person_sign_out"),
    path("people/doors/<int:pk>/lift/", people_access.door_lift, name="door_lift"),
    path("jobs/<int:pk>/", jobs.job_page, name="job_page"),
]
